using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Scans by itself when files in the models folders change: told by the system where it can, and every few minutes in any case, since
/// network
/// folders and full queues tell nothing. Switched off with <c>LlamaBlazor:WatchFolders=false</c>.
/// </summary>
internal sealed partial class LibraryWatcher(
    LibraryService library,
    LaunchSettingsAccess settings,
    DatabaseState database,
    SettingValues values,
    TimeProvider clock,
    ILogger<LibraryWatcher> logger
) : BackgroundService
{
    /// <summary>How long files must rest before they are read: a copy of gigabytes changes its file all the time.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>Longest time to wait for that: where files change without end, those that rest must not wait for them.</summary>
    private static readonly TimeSpan RestBound = TimeSpan.FromMinutes(1);

    /// <summary>Longest time between two looks.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = []; // folders that could not be watched, of which the log says so once; at most 64 a setting
    private List<FileSystemWatcher> _watchers = []; // one a folder, at most 64

    /// <inheritdoc/>
    public override void Dispose()
    {
        _watchers.ForEach(watcher => watcher.Dispose());
        _changed.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (values.AtStart.Values["LlamaBlazor:WatchFolders"].Text == "false")
            return;
        using var subscription = settings.Changes.Subscribe(changed =>
        {
            Watch(changed.ModelDirectories);
            Signal(); // files that came between the library's own scan of the new folders and the watch
        });
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            await WatchAsync(stoppingToken).ConfigureAwait(false);
            // what came before the watch began, while the dashboard was off or was starting
            await ScanAsync(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                if (await SignalAsync(Poll, stoppingToken).ConfigureAwait(false))
                    await RestAsync(stoppingToken).ConfigureAwait(false);
                else
                    await WatchAsync(stoppingToken).ConfigureAwait(false); // a disk that was mounted meanwhile
                await ScanAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard ends.
        }
        catch (InvalidOperationException) when (database.Failure is not null)
        {
            // Without a database there is no library; DatabaseStartup says why.
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            Watch((await settings.GetAsync(cancellation).ConfigureAwait(false)).ModelDirectories);
        }
        catch (System.Data.Common.DbException error)
        {
            LogFailed(error); // the next look tries again
        }
    }

    private async Task<bool> SignalAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        try
        {
            await _changed.WaitAsync(both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RestAsync(CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < RestBound && await SignalAsync(Quiet, cancellation).ConfigureAwait(false))
        {
            // Files are still changing.
        }
    }

    private async Task ScanAsync(CancellationToken cancellation)
    {
        try
        {
            await library.ScanAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error); // the next change or look tries again
        }
    }

    private void Watch(IReadOnlyList<string> folders)
    {
        lock (_gate)
        {
            _watchers.ForEach(watcher => watcher.Dispose());
            _watchers = [.. folders.Where(Directory.Exists).Select(TryWatch).OfType<FileSystemWatcher>()];
        }
    }

    private FileSystemWatcher? TryWatch(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            watcher.Created += (_, change) => SignalIf(IsModel(change.FullPath) || Directory.Exists(change.FullPath));
            watcher.Changed += (_, change) => SignalIf(IsModel(change.FullPath));
            // what is gone cannot be asked whether it was a folder
            watcher.Deleted += (_, change) =>
                SignalIf(!change.FullPath.EndsWith(ModelFileName.PartExtension, StringComparison.OrdinalIgnoreCase));
            watcher.Renamed += (_, change) =>
                SignalIf(IsModel(change.FullPath) || IsModel(change.OldFullPath) || Directory.Exists(change.FullPath));
            watcher.Error += (_, _) => Signal(); // its queue ran over: something changed
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            if (_told.Add(folder))
                LogNotWatched(folder, error.Message); // the system's limit of watches, for example; the poll still looks
            return null;
        }
    }

    // What a download has so far, logs and notes change all the time and mean nothing. Ollama's lists have no extension.
    private static bool IsModel(string path) =>
        path.EndsWith(ModelFileName.Extension, StringComparison.OrdinalIgnoreCase)
        || path.Split(Path.DirectorySeparatorChar).Contains("manifests");

    private void SignalIf(bool matters)
    {
        if (matters)
            Signal();
    }

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Told already.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A scan after a change of the models folders failed")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Folder} cannot be watched ({Reason}); it is looked at every few minutes instead"
    )]
    private partial void LogNotWatched(string folder, string reason);
}
