using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Containers;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>Knows which images are on this machine, fills the catalogue once, and asks registries for their tags.</summary>
internal sealed partial class ImageCache(ContainerRuntime runtime, ImageStore store, DatabaseState database, ILogger<ImageCache> logger)
    : BackgroundService
{
    private const int InspectedAtOnce = 20;

    /// <summary>Asks the runtime which images it has, and notes it in the catalogue. A runtime that does not answer changes
    /// nothing.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            if (runtime.Path is null)
                return;
            var listed = await runtime.RunAsync(["images", "--format", "{{.Repository}}:{{.Tag}}"], cancellation).ConfigureAwait(false);
            if (listed.Failure is { } failure)
            {
                LogNotListed(failure.Message);
                return;
            }

            var present = listed
                .Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(ImageReference.Parse)
                .OfType<ImageReference>()
                .Select(image => image.Text)
                .ToHashSet();
            await store
                .MarkCachedAsync(present, await InspectAsync(present, cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
        }
    }

    // Some at a time: what the runtime prints of one is a few kilobytes. One that was removed meanwhile costs the facts of its neighbours,
    // until the next look.
    private async Task<Dictionary<string, ImageFacts>> InspectAsync(HashSet<string> present, CancellationToken cancellation)
    {
        var facts = new Dictionary<string, ImageFacts>();
        foreach (var some in present.Order(StringComparer.Ordinal).Take(ImageEntry.Bound).Chunk(InspectedAtOnce))
        {
            var told = await runtime.RunAsync(["image", "inspect", .. some], cancellation).ConfigureAwait(false);
            foreach (var (name, fact) in told.IsSuccess ? ImageFacts.ReadAll(told.Value) : new Dictionary<string, ImageFacts>())
                facts[ImageReference.Parse(name)?.Text ?? name] = fact;
        }

        return facts;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            await store.SeedAsync(stoppingToken).ConfigureAwait(false);
            await RefreshAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The images of this machine could not be listed: {Reason}")]
    private partial void LogNotListed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue of images could not be brought up to date")]
    private partial void LogFailed(Exception error);
}
