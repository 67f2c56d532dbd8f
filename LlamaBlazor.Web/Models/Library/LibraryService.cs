using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Runs scans, one at a time: on request, at start when the library is empty or the folders changed, and whenever the folders are
/// changed.</summary>
internal sealed partial class LibraryService(
    LibraryScan scan,
    LibraryUpdate update,
    LaunchSettingsAccess settings,
    DatabaseState database,
    Broadcast<ScanProgress> progress,
    Broadcast<ModelChanged> changes,
    ILogger<LibraryService> logger
) : BackgroundService
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SemaphoreSlim _foldersChanged = new(0, 1);
    private CancellationToken _stopping = CancellationToken.None;

    /// <summary>Tells how far the running scan is, and how it ended.</summary>
    public Broadcast<ScanProgress> Progress => progress;

    /// <summary>The last message, or null before the first scan.</summary>
    public ScanProgress? Current { get; private set; }

    /// <summary>True while a scan runs.</summary>
    public bool IsScanning => Current is { IsRunning: true };

    /// <summary>Scans the folders now, after a scan that is running. The scan goes on when the caller leaves.</summary>
    public Task<ScanResult> ScanAsync(CancellationToken cancellation = default) => RunAsync().WaitAsync(cancellation);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        _foldersChanged.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        using var subscription = settings.Changes.Subscribe(_ => Wake());
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                await TryScanAsync(stoppingToken).ConfigureAwait(false);
                await _foldersChanged.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard ends.
        }
        catch (InvalidOperationException) when (database.Failure is not null)
        {
            // Said by DatabaseStartup; without a database there is no library.
        }
    }

    private void Wake()
    {
        if (_foldersChanged.CurrentCount == 0)
            _foldersChanged.Release();
    }

    private async Task<bool> FoldersDifferAsync(CancellationToken cancellation)
    {
        var folders = (await settings.GetAsync(cancellation).ConfigureAwait(false)).ModelDirectories;
        return JsonSerializer.Serialize(folders) != (await update.LastFoldersAsync(cancellation).ConfigureAwait(false) ?? "[]");
    }

    private async Task TryScanAsync(CancellationToken cancellation)
    {
        try
        {
            if (await FoldersDifferAsync(cancellation).ConfigureAwait(false))
                await RunAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && database.Failure is null)
        {
            LogFailed(error); // the next change of folders, or a person, tries again
        }
    }

    private async Task<ScanResult> RunAsync()
    {
        await database.Ready.WaitAsync(_stopping).ConfigureAwait(false);
        await _one.WaitAsync(_stopping).ConfigureAwait(false);
        try
        {
            var folders = (await settings.GetAsync(_stopping).ConfigureAwait(false)).ModelDirectories;
            var result = await Task.Run(() => scan.RunAsync(folders, Report, _stopping), _stopping).ConfigureAwait(false);
            LogScanned(result.Found, result.Added, result.Updated, result.Missing, result.Errors.Count, result.ElapsedMs);
            Report(new ScanProgress(result.Found, result.Found, null, result));
            changes.Publish(new ModelChanged(0, ModelChanged.Library));
            return result;
        }
        catch (Exception error)
        {
            Report(new ScanProgress(0, 0, null, Failure: $"The scan broke off: {error.Message}"));
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Report(ScanProgress message)
    {
        Current = message;
        progress.Publish(message);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Scan: {Found} found, {Added} added, {Updated} updated, {Missing} missing, {Errors} with errors in {Elapsed} ms"
    )]
    private partial void LogScanned(int found, int added, int updated, int missing, int errors, long elapsed);

    [LoggerMessage(Level = LogLevel.Error, Message = "The scan of the models folders failed")]
    private partial void LogFailed(Exception error);
}
