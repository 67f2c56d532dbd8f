using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Replaces, merges or converts a database that the browser sends.</summary>
public sealed partial class DatabaseUploads
{
    private const string Accepted =
        ".db,.sqlite,.sqlite3,.sql,.db-wal,.sqlite-wal,.sqlite3-wal,.db-shm,.sqlite-shm,.sqlite3-shm,.db-journal,.sqlite-journal,"
        + ".sqlite3-journal";

    private IBrowserFile? _file;
    private List<(IBrowserFile File, string Suffix)> _journals = []; // at most as many as can be chosen
    private bool _wantsLog;
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
    internal UploadSpace Space { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    private bool IsSql => _file?.Name.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) == true;

    private async Task ChooseAsync(InputFileChangeEventArgs args)
    {
        (_file, _journals, _wantsLog, _message, _report) = (null, [], false, null, null);
        if (args.FileCount > UploadChoice.Bound)
        {
            _message =
                $"These are {args.FileCount} files. Choose one database, together with its {UploadChoice.WriteAheadLog} file where "
                + "there is one.";
            return;
        }

        var files = args.GetMultipleFiles(UploadChoice.Bound);
        var choice = UploadChoice.Of([.. files.Select(file => file.Name)]);
        if (choice.Failure is { } failure)
        {
            _message = string.Join(' ', failure.Errors!.SelectMany(error => error.Value));
            return;
        }

        (_file, _journals) = (
            files[choice.Value.Main],
            [.. choice.Value.Journals.Select(journal => (files[journal.Place], journal.Suffix))]
        );
        _wantsLog = _journals.Count == 0 && await IsWriteAheadAsync(_file);
    }

    private async Task<bool> IsWriteAheadAsync(IBrowserFile file)
    {
        try
        {
            await using var stream = file.OpenReadStream(StoredUpload.SizeLimit);
            var head = new byte[UploadChoice.HeadLength];
            return UploadChoice.IsWriteAhead(head.AsSpan(0, await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false)));
        }
        catch (Exception error) when (Untaken(error))
        {
            _message = $"{file.Name} could not be read: {error.Message}";
            return false;
        }
    }

    private static bool Untaken(Exception error) =>
        error is IOException or UnauthorizedAccessException or Microsoft.JSInterop.JSException or OperationCanceledException;

    private async Task ReplaceAsync()
    {
        var sure = await Dialogs.ConfirmAsync(
            $"{_file!.Name} takes the place of this database. What is there now is backed up first.",
            "Replace everything?",
            "Replace",
            "Cancel",
            destroys: true
        );
        if (sure)
            await WithFileAsync<RestoreReport>("import", IsSql ? Restoring.SqlAsync : Restoring.FileAsync);
    }

    private Task<Result<MergeReport>?> MergeAsync() => WithFileAsync<MergeReport>("merge", Merge.MergeAsync);

    private async Task LegacyAsync(bool dryRun)
    {
        var result = await WithFileAsync<LegacyReport>(
            "import of an old database",
            (path, progress, token) => Legacy.RunAsync(path, dryRun, _file!.Name, progress, token)
        );
        _report = result is { IsSuccess: true } done ? done.Value : null;
    }

    private async Task TakeJournalsAsync(StoredUpload stored, long size)
    {
        try
        {
            foreach (var (file, suffix) in _journals)
            {
                await using var journal = file.OpenReadStream(StoredUpload.SizeLimit - size);
                await stored.TakeAsync(suffix, journal, CancellationToken.None);
            }
        }
        catch
        {
            stored.Remove(); // one that is too large is refused before anything of it is taken
            throw;
        }
    }

    // The job goes on when the page is left, so it removes the file itself. How it goes is shown by the card of jobs.
    private async Task<Result<T>?> WithFileAsync<T>(string kind, Func<string, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use)
    {
        (_busy, _message, _report) = (true, null, null);
        try
        {
            await using var source = _file!.OpenReadStream(StoredUpload.SizeLimit);
            var taken = await StoredUpload.TakeAsync(
                Space,
                source,
                _file.Name,
                IsSql && kind == "import" ? UploadForm.Statements : UploadForm.Database,
                _file.Size + _journals.Sum(journal => journal.File.Size),
                CancellationToken.None
            );
            if (taken.Failure is { } wrong)
            {
                _message = wrong.Errors?.Values.First()[0] ?? wrong.Message;
                return null;
            }

            await TakeJournalsAsync(taken.Value, _file.Size);
            var started = taken.Value.Start<T>(Jobs, kind, (file, progress, token) => use(file.Path, progress, token));
            if (started.IsSuccess)
                return await started.Value.Outcome;
            _message = started.Failure!.Message;
        }
        catch (Exception error) when (Untaken(error))
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
