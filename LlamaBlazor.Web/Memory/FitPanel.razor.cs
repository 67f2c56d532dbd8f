using System.Globalization;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Memory;

/// <summary>The last analysis, each recommendation a switch, and the way to a new one.</summary>
public sealed partial class FitPanel : IDisposable
{
    private const double MiB = 1024 * 1024;

    private readonly CancellationTokenSource _left = new();
    private List<Advice> _advice = [];
    private FitParams? _fit;
    private string? _failure;
    private bool _running;
    private bool _stale;
    private bool _hasDevices;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Parameter]
    public EventCallback OnApplied { get; set; }

    [Inject]
    internal FitAnalysis Analysis { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal ParameterStore Settings { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    private string Running => string.Join(", ", Board.Active.Select(instance => instance.Model).Order(StringComparer.Ordinal).Take(20));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (await FindAsync() is { } model && await Analysis.FindAsync(ModelId) is { } fit)
            Show(fit, await Analysis.IsStaleAsync(model, fit));
    }

    private Task<Model?> FindAsync() => Store.FindAsync(ModelId.ToString(CultureInfo.InvariantCulture));

    private void Show(FitParams fit, bool stale)
    {
        (_fit, _stale, _hasDevices) = (fit, stale, fit.AnalyzedFor?.EndsWith('|') == false);
        _advice =
        [
            .. new[]
            {
                Advice.Of("Context", ConfigSection.Model, "ctx_size", fit.RecommendedCtxSize, $"{fit.RecommendedCtxSize:N0} tokens"),
                Advice.Of(
                    "Layers on GPU",
                    ConfigSection.Gpu,
                    "gpu_layers",
                    _hasDevices || fit.RecommendedGpuLayers > 0 ? fit.RecommendedGpuLayers?.ToString(CultureInfo.InvariantCulture) : null,
                    $"{fit.RecommendedGpuLayers}"
                ),
                Advice.Of("Share of each GPU", ConfigSection.Gpu, "tensor_split", fit.RecommendedTensorSplit, fit.RecommendedTensorSplit),
                Advice.Of(
                    "Placement of tensors",
                    ConfigSection.Advanced,
                    "override_tensor",
                    fit.RecommendedOverrideTensor,
                    fit.RecommendedOverrideTensor
                ),
            }.OfType<Advice>(),
        ];
    }

    private async Task AnalyseAsync()
    {
        (_running, _failure) = (true, null);
        try
        {
            if (await FindAsync() is not { } model)
                return;
            var result = await Analysis.RunAsync(model, _left.Token);
            _failure = result.Failure?.Message;
            if (result.IsSuccess)
                Show(result.Value, stale: false);
        }
        catch (OperationCanceledException)
        {
            // The tab was left; the program was ended with it.
        }
        finally
        {
            _running = false;
        }
    }

    private async Task ApplyAsync()
    {
        var edits = _advice
            .Where(advice => advice.Take)
            .GroupBy(advice => advice.Section)
            .Select(section => new SectionChange(
                section.Key,
                section.ToDictionary(advice => advice.Column, object? (advice) => advice.Value)
            ));
        var saved = await Settings.SaveAsync(ModelId, [.. edits]);
        if (saved.Failure is { } failure)
        {
            Notices.Say(Severity.Error, "Not saved", failure.Errors?.Values.FirstOrDefault()?.FirstOrDefault() ?? failure.Message);
            return;
        }

        Notices.Say(Severity.Success, "Advice saved", "It counts from the next start.");
        await OnApplied.InvokeAsync();
    }

    /// <summary>One recommendation.</summary>
    private sealed class Advice
    {
        public required string Title { get; init; }

        public required string Section { get; init; }

        public required string Column { get; init; }

        public required object Value { get; init; }

        public required string Shown { get; init; }

        public bool Take { get; set; } = true;

        public static Advice? Of(string title, string section, string column, object? value, string? shown) =>
            value is null
                ? null
                : new Advice
                {
                    Title = title,
                    Section = section,
                    Column = column,
                    Value = value,
                    Shown = shown ?? "",
                };
    }
}
