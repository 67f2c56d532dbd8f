using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Radzen;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Replaces, merges or converts a database that the browser sends.</summary>
public sealed partial class DatabaseUploads
{
    private IBrowserFile? _file;
    private LegacyReport? _report;
    private bool _busy;
    private string? _message;

    [Inject]
    internal DatabaseRestore Restoring { get; set; } = null!;

    [Inject]
    internal DatabaseMerge Merge { get; set; } = null!;

    [Inject]
    internal LegacyImport Legacy { get; set; } = null!;

    [Inject]
    internal DatabaseJobs Jobs { get; set; } = null!;

    [Inject]
    internal DataFolder Folder { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    private bool IsSql => _file?.Name.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) == true;

    private void Choose(InputFileChangeEventArgs args) => (_file, _message, _report) = (args.File, null, null);

    private async Task ReplaceAsync()
    {
        var sure = await Dialogs.Confirm($"{_file!.Name} takes the place of this database. What is there now is backed up first.", "Replace everything?", new ConfirmOptions { OkButtonText = "Replace", CancelButtonText = "Cancel" });
        if (sure == true)
            await WithFileAsync<RestoreReport>("import", IsSql ? Restoring.SqlAsync : Restoring.FileAsync);
    }

    private Task<Result<MergeReport>?> MergeAsync() => WithFileAsync<MergeReport>("merge", Merge.MergeAsync);

    private async Task LegacyAsync(bool dryRun)
    {
        var result = await WithFileAsync<LegacyReport>("import of an old database", (path, progress, token) => Legacy.RunAsync(path, dryRun, _file!.Name, progress, token));
        _report = result is { IsSuccess: true } done ? done.Value : null;
    }

    // The job goes on when the page is left, so it removes the file itself. How it goes is shown by the card of jobs.
    private async Task<Result<T>?> WithFileAsync<T>(string kind, Func<string, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use)
    {
        (_busy, _message, _report) = (true, null, null);
        try
        {
            await using var source = _file!.OpenReadStream(StoredUpload.SizeLimit);
            var stored = await StoredUpload.TakeAsync(Folder, source, _file.Name, CancellationToken.None);
            var started = stored.Start<T>(Jobs, kind, (file, progress, token) => use(file.Path, progress, token));
            if (started.IsSuccess)
                return await started.Value.Outcome;
            _message = started.Failure!.Message;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Microsoft.JSInterop.JSException or OperationCanceledException)
        {
            _message = $"The file could not be taken: {error.Message}";
        }
        finally
        {
            _busy = false;
        }

        return null;
    }
}
