using LlamaBlazor.Web.Maintenance.Jobs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Exports and imports settings and models.</summary>
public sealed partial class SettingsTransfer
{
    private const int ProblemsShown = 20;

    private IBrowserFile? _file;
    private TransferReport? _report;
    private string? _phrase;
    private string? _error;
    private bool _update;
    private bool _busy;
    private bool _exporting;

    [Inject]
    internal SettingsExport Export { get; set; } = null!;

    [Inject]
    internal SettingsImport Importer { get; set; } = null!;

    [Inject]
    internal DatabaseJobs Jobs { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private string? Phrase => string.IsNullOrEmpty(_phrase) ? null : _phrase;

    private static RenderFragment Line(string what, List<string> names) =>
        builder =>
        {
            if (names.Count == 0)
                return;
            builder.OpenElement(0, "dt");
            builder.AddContent(1, what);
            builder.CloseElement();
            builder.OpenElement(2, "dd");
            builder.AddContent(
                3,
                $"{names.Count}: {string.Join(", ", names.Take(ProblemsShown))}{(names.Count > ProblemsShown ? ", …" : "")}"
            );
            builder.CloseElement();
        };

    private void Choose(InputFileChangeEventArgs args) => (_file, _report, _error) = (args.File, null, null);

    private async Task ExportAsync()
    {
        (_busy, _exporting, _error) = (true, true, null);
        var written = await Task.Run(() => Export.WriteAsync(_phrase ?? ""));
        (_busy, _exporting, _error) = (false, false, written.Failure is { } failure ? DatabaseJob.Words(failure) : null);
        if (_error is not null)
            return;
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", "/js/maintenance.js");
        await module.InvokeVoidAsync("save", $"llamablazor-settings-{Clock.GetUtcNow():yyyyMMdd-HHmmss}.json", written.Value);
    }

    private async Task ImportAsync(bool dryRun)
    {
        (_busy, _report, _error) = (true, null, null);
        try
        {
            using var reader = new StreamReader(_file!.OpenReadStream(SettingsImport.TextLimit));
            var text = await reader.ReadToEndAsync();
            var done = await Jobs.RunAsync(
                "import of settings",
                (progress, token) => Importer.RunAsync(text, new TransferOptions(Phrase, _update, dryRun), progress, token)
            );
            (_report, _error) = done.Match<(TransferReport?, string?)>(
                report => (report, null),
                failure => (null, DatabaseJob.Words(failure))
            );
        }
        catch (IOException error)
        {
            _error = $"The file could not be read: {error.Message}";
        }

        _busy = false;
    }
}
