using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>A pull, as it stands.</summary>
/// <param name="Reference">The image.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Layers">Layers seen.</param>
/// <param name="Done">Layers that are there.</param>
/// <param name="Line">The runtime's last words.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="StartedAt">Unix milliseconds.</param>
public sealed record PullItem(
    string Reference,
    WorkState State,
    int Attempt,
    int Layers,
    int Done,
    string Line,
    string? Error,
    long StartedAt
)
{
    /// <summary>True until it has ended.</summary>
    public bool IsActive => State is WorkState.Running or WorkState.Waiting;
}

/// <summary>Pulls images through the runtime, which knows registries and logins: with progress, three attempts and pauses between
/// them.</summary>
internal sealed partial class ImagePuller(
    ContainerRuntime runtime,
    Launcher launcher,
    ImageCache cache,
    Broadcast<ImagesChanged> changes,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<ImagePuller> logger
)
{
    /// <summary>Pulls remembered; the oldest ended one leaves.</summary>
    private const int Bound = 50;

    private readonly ConcurrentDictionary<string, (PullItem Item, CancellationTokenSource Stop, Task End)> _pulls = new();

    /// <summary>The pulls of this run, the latest first.</summary>
    public IReadOnlyList<PullItem> All => [.. _pulls.Values.Select(pull => pull.Item).OrderByDescending(pull => pull.StartedAt)];

    /// <summary>Begins a pull, or joins the one under way.</summary>
    /// <param name="reference">With its tag.</param>
    public Result<PullItem> Begin(string? reference)
    {
        if (ImageReference.Parse(reference) is not { } image)
            return Failure.Invalid("reference", "An image with its tag, such as ghcr.io/ggml-org/llama.cpp:server.");
        if (runtime.Path is null)
            return runtime.Missing;
        lock (_pulls)
        {
            if (_pulls.TryGetValue(image.Text, out var known) && known.Item.IsActive)
                return known.Item;
            if (
                _pulls.Count >= Bound
                && _pulls.Values.Where(pull => !pull.Item.IsActive).MinBy(pull => pull.Item.StartedAt) is { Item: { } oldest }
            )
                _pulls.TryRemove(oldest.Reference, out _);
            if (_pulls.Count >= Bound)
                return Failure.Conflict($"{Bound} images are being pulled. Wait for one of them.");
            var item = new PullItem(image.Text, WorkState.Running, 1, 0, 0, "", null, clock.GetUtcNow().ToUnixTimeMilliseconds());
            var stop = new CancellationTokenSource();
            audit.Note("image.pull", "image", image.Text, null);
            _pulls[image.Text] = (item, stop, Task.Run(() => RunAsync(image, item, stop.Token))); // its first word waits for this lock
            return item;
        }
    }

    /// <summary>Waits for the end of a pull.</summary>
    public async Task<PullItem> WaitAsync(string reference, CancellationToken cancellation)
    {
        await _pulls[reference].End.WaitAsync(cancellation).ConfigureAwait(false);
        return _pulls[reference].Item;
    }

    /// <summary>Ends a pull. False when none of this image is under way.</summary>
    public bool Cancel(string? reference)
    {
        if (ImageReference.Parse(reference) is not { } image || !_pulls.TryGetValue(image.Text, out var pull) || !pull.Item.IsActive)
            return false;
        pull.Stop.Cancel();
        audit.Note("image.pull_cancel", "image", image.Text, null);
        return true;
    }

    private async Task RunAsync(ImageReference image, PullItem item, CancellationToken cancellation)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                item = Tell(item with { State = WorkState.Running, Attempt = attempt, Error = null });
                var (code, progress) = await TryAsync(image, item, cancellation).ConfigureAwait(false);
                item = item with { Layers = progress.Layers, Done = progress.Done, Line = progress.Line };
                if (code == 0)
                {
                    Tell(item with { State = WorkState.Done });
                    break;
                }

                cancellation.ThrowIfCancellationRequested();
                var error = $"It could not be pulled ({attempt} of {PullRetry.Attempts} attempts): {progress.Line.TrimEnd('.')}.";
                if (!PullRetry.IsWorthwhile(attempt, progress.Line))
                {
                    LogFailed(image.Text, error);
                    Tell(item with { State = WorkState.Failed, Error = error });
                    break;
                }

                item = Tell(item with { State = WorkState.Waiting, Error = error });
                await Task.Delay(PullRetry.Pause(attempt), clock, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            Tell(item with { State = WorkState.Cancelled, Error = null });
        }
        catch (Exception error)
        {
            Tell(item with { State = WorkState.Failed, Error = $"It could not be pulled: {error.Message}" });
            LogFailed(image.Text, error.Message);
        }

        await cache.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<(int Code, PullProgress Progress)> TryAsync(ImageReference image, PullItem item, CancellationToken cancellation)
    {
        var progress = new PullProgress();
        // A registry of this machine has no certificate; docker knows that by itself.
        string[] insecure = runtime.IsPodman && RegistryText.IsLocal(image.Registry) ? ["--tls-verify=false"] : [];
        var client = await launcher
            .StartHelperAsync(
                runtime.Path!,
                ["pull", .. insecure, image.Text],
                line =>
                {
                    lock (progress)
                    {
                        progress.Add(line);
                        Tell(item with { Layers = progress.Layers, Done = progress.Done, Line = progress.Line });
                    }
                }
            )
            .ConfigureAwait(false);
        var registration = cancellation.Register(client.Kill);
        await using (registration.ConfigureAwait(false))
            return (await client.Exited.ConfigureAwait(false), progress);
    }

    private PullItem Tell(PullItem item)
    {
        lock (_pulls)
        {
            if (_pulls.TryGetValue(item.Reference, out var pull))
                _pulls[item.Reference] = pull with { Item = item };
        }

        changes.Publish(new ImagesChanged());
        return item;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Image}: {Reason}")]
    private partial void LogFailed(string image, string reason);
}
