using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Memory;

/// <summary>Will it run here, and how: the estimate, live against what is free, as a function of the settings that matter.</summary>
public sealed partial class FitTab
{
    private const long ContextStep = MemoryEstimator.ContextStep;

    // The formats llama-server takes for its cache.
    private static readonly string[] CacheTypes = ["F32", "F16", "BF16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "IQ4_NL"];

    private MemoryProjection? _answer;
    private MemoryProjection? _saved; // for the settings that are saved, whatever is being tried
    private MemoryCase? _case;
    private MemorySettings? _settings;
    private string? _failure;
    private bool _saving;
    private bool _hasGpus;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal MemoryAdvisor Advisor { get; set; } = null!;

    [Inject]
    internal ParameterStore Settings { get; set; } = null!;

    [Inject]
    internal Broadcast<Sample> Samples { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private long ContextMost => Math.Max(ContextStep, Math.Max(_case!.Geometry.TrainedContext, _answer!.CtxSize));

    private static RenderFragment Types =>
        builder =>
        {
            foreach (var type in CacheTypes)
            {
                builder.OpenElement(0, "option");
                builder.AddAttribute(1, "value", type);
                builder.AddContent(2, type.ToLowerInvariant());
                builder.CloseElement();
            }
        };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        Watch(Samples, _ => Answer()); // what is free changes while one looks
    }

    private static long Number(ChangeEventArgs change) =>
        long.TryParse(change.Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static GgmlType Type(ChangeEventArgs change) => GgmlType.Find(change.Value as string ?? "") ?? new MemorySettings().CacheTypeK;

    private static string Verdict(MemoryProjection answer)
    {
        var context = $"With {answer.CtxSize:N0} tokens of context it takes about {ByteSize.Text(answer.TotalBytes)}.";
        if (answer.Fits)
            return context;
        var lacking = answer.Devices.First(device => !device.Fits);
        var way =
            answer.MaxCtxSize > 0
                ? $" A context of {answer.MaxCtxSize:N0} tokens would fit."
                : " Take a smaller quantisation, or stop what else uses memory.";
        return $"{context} {Place(lacking.Name)} lacks {ByteSize.Text(lacking.Bytes - lacking.FreeBytes!.Value)}.{way}";
    }

    private static string Place(string device) => device == "Host" ? "Main memory" : device;

    private async Task LoadAsync()
    {
        try
        {
            if (await Store.FindAsync(ModelId.ToString(CultureInfo.InvariantCulture), Left) is not { } model)
                return;
            var question = await Advisor.PrepareAsync(model, Left);
            _failure = question.Failure?.Message;
            if (!question.IsSuccess)
                return;
            _case = question.Value;
            Change(_case.Settings);
        }
        catch (OperationCanceledException)
        {
            // The tab was left.
        }
    }

    private void Change(MemorySettings settings)
    {
        _settings = settings;
        Answer();
    }

    private void Answer()
    {
        if (_case is not { } known || _settings is not { } settings)
            return;
        var tried = known with { Settings = settings };
        _answer = Advisor.Answer(tried);
        _saved = settings == known.Settings ? _answer : Advisor.Answer(known);
        _hasGpus = Advisor.Free(tried).Devices.Any(device => device.IsForModel);
    }

    private async Task SaveAsync()
    {
        _saving = true;
        var (now, before) = (_settings!, _case!.Settings);
        var model = new Dictionary<string, object?>();
        var memory = new Dictionary<string, object?>();
        if (now.CtxSize != before.CtxSize)
            model["ctx_size"] = now.CtxSize;
        if (now.Slots != before.Slots)
            model["n_parallel"] = (long)now.Slots;
        if (now.CacheTypeK != before.CacheTypeK)
            memory["cache_type_k"] = now.CacheTypeK.Name.ToLowerInvariant();
        if (now.CacheTypeV != before.CacheTypeV)
            memory["cache_type_v"] = now.CacheTypeV.Name.ToLowerInvariant();
        var gpu =
            now.GpuLayers == before.GpuLayers
                ? new Dictionary<string, object?>()
                : new() { ["gpu_layers"] = now.GpuLayers?.ToString(CultureInfo.InvariantCulture) };
        SectionChange[] edits = [new(ConfigSection.Model, model), new(ConfigSection.Memory, memory), new(ConfigSection.Gpu, gpu)];
        var saved = await Settings.SaveAsync(ModelId, [.. edits.Where(edit => edit.Values.Count > 0)]);
        _saving = false;
        if (saved.Failure is { } failure)
        {
            Notices.Say(Severity.Error, "Not saved", failure.Errors?.Values.FirstOrDefault()?.FirstOrDefault() ?? failure.Message);
            return;
        }

        Notices.Say(Severity.Success, "Saved", "They count from the next start.");
        await LoadAsync();
    }
}
