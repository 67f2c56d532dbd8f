using LlamaBlazor.Web.Parameters.Import;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary>Import and export of files that other programs read or write.</summary>
public sealed partial class PresetFiles
{
    private const string Example = "[my-model]\nmodel = /models/my-model.gguf\nctx-size = 8192";

    private string _text = "";
    private string? _problem;
    private PresetPlan? _plan;
    private IReadOnlyList<PresetOutcome> _outcomes = [];
    private IReadOnlyList<PresetOutcome> _foreseen = []; // what adding them would come to
    private IReadOnlyList<string>? _lost;
    private bool _busy;

    [Inject]
    private PresetImport Presets { get; set; } = null!;

    private async Task ReadAsync()
    {
        var read = await Task.Run(() => Presets.ReadAsync(_text, CancellationToken.None));
        _outcomes = [];
        _foreseen = read.IsSuccess ? await Task.Run(() => Presets.PreviewAsync(read.Value, CancellationToken.None)) : [];
        _plan = read.IsSuccess ? read.Value : null;
        _problem = read.IsSuccess ? null : FailureText.Of(read.Failure!);
    }

    private void Forget() => (_plan, _problem, _outcomes, _foreseen) = (null, null, [], []);

    private async Task CreateAsync()
    {
        if (_plan is not { } plan)
            return;
        _busy = true;
        try
        {
            _outcomes = await Task.Run(() => Presets.CreateAsync(plan, CancellationToken.None));
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task ShowLostAsync() => _lost = (await Task.Run(() => Presets.ExportAsync(CancellationToken.None))).Lost;
}
