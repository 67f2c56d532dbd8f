using System.Collections.Concurrent;
using System.Globalization;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Cache;

/// <summary>
/// What a model is, for the key of an answer: name, file, engine and revisions of all settings that change what it says (acceptance C3.4).
/// Its path is
/// no part of it, so that a moved file keeps its answers. While an engine runs that was started otherwise than it is set now, there is no
/// identity:
/// its answers are not those of the settings, and those of the settings are not what it would say.
/// </summary>
internal sealed class ModelIdentity : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, Known> _known = new(); // one a model that is cached
    private readonly IDbContextFactory<LlamaDbContext> _contexts;
    private readonly EngineLocator _engines;
    private readonly PendingChanges _pending;
    private readonly InstanceRegistry _registry;
    private readonly TimeProvider _clock;
    private readonly IDisposable[] _changes;
    private int _version;

    public ModelIdentity(
        IDbContextFactory<LlamaDbContext> contexts,
        EngineLocator engines,
        PendingChanges pending,
        InstanceRegistry registry,
        Broadcast<ModelChanged> models,
        Broadcast<ConfigChanged> settings,
        TimeProvider clock
    )
    {
        (_contexts, _engines, _pending, _registry, _clock) = (contexts, engines, pending, registry, clock);
        _changes = [models.Subscribe(_ => Forget()), settings.Subscribe(_ => Forget()), registry.Changes.Subscribe(_ => Forget())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var change in _changes)
            change.Dispose();
    }

    /// <summary>The identity, or null when the model is gone or its engine runs with other settings than it would be started
    /// with.</summary>
    public async ValueTask<string?> OfAsync(long modelId, CancellationToken cancellation)
    {
        if (_known.TryGetValue(modelId, out var known) && _clock.GetElapsedTime(known.ReadAt) < Lifetime)
            return known.Identity;
        var (version, readAt) = (Volatile.Read(ref _version), _clock.GetTimestamp());
        var identity = await Task.Run(() => ReadAsync(modelId, cancellation), cancellation).ConfigureAwait(false);
        if (version == Volatile.Read(ref _version))
            _known[modelId] = new Known(identity, readAt);
        return identity;
    }

    // What is being read just now may be the state before the change: it is not remembered either.
    private void Forget()
    {
        Interlocked.Increment(ref _version);
        _known.Clear();
    }

    private async Task<string?> ReadAsync(long modelId, CancellationToken cancellation)
    {
        return await _contexts
            .ReadAsync(
                async context =>
                {
                    var model = await context
                        .Models.Where(row => row.Id == modelId)
                        .Select(row => new
                        {
                            row.Name,
                            row.Fingerprint,
                            row.FileSizeBytes,
                            row.FileModifiedAt,
                            row.HfRepo,
                            row.HfFile,
                            row.ModelUrl,
                            row.DockerRepo,
                            row.Predict,
                            row.Keep,
                        })
                        .FirstOrDefaultAsync(cancellation)
                        .ConfigureAwait(false);
                    if (model is null)
                        return null;
                    var runtime = await context
                        .Set<RuntimeConfig>()
                        .Where(row => row.ModelId == modelId)
                        .Select(row => new
                        {
                            row.EnginePath,
                            row.InstanceKind,
                            row.ContainerImage,
                        })
                        .FirstOrDefaultAsync(cancellation)
                        .ConfigureAwait(false);
                    var engine = await EngineFileAsync(runtime?.EnginePath, cancellation).ConfigureAwait(false);
                    if (await RunsOtherwiseAsync(modelId, [model.FileModifiedAt, engine?.ModifiedAt], cancellation).ConfigureAwait(false))
                        return null;
                    return $"{model}|{runtime}|{engine}|{await RevisionsAsync(context, modelId, cancellation).ConfigureAwait(false)}";
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    // A program or a file that was replaced under the same name is another, and so are its answers.
    private async Task<EngineFile?> EngineFileAsync(string? path, CancellationToken cancellation)
    {
        var found = await _engines.FindAsync(path, cancellation).ConfigureAwait(false);
        if (!found.IsSuccess || new FileInfo(found.Value.Path) is not { Exists: true } file)
            return null;
        return new EngineFile(file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds());
    }

    private async Task<bool> RunsOtherwiseAsync(long modelId, long?[] changes, CancellationToken cancellation)
    {
        if (_registry.Find(modelId) is not { IsActive: true, StartedAt: { } started })
            return false;
        if (changes.Any(changed => changed > started))
            return true;
        var pending = await _pending.FindAsync(modelId, cancellation).ConfigureAwait(false);
        return !pending.IsSuccess || pending.Value.RestartNeeded;
    }

    private static async Task<string> RevisionsAsync(LlamaDbContext context, long modelId, CancellationToken cancellation)
    {
        long[] revisions =
        [
            await RevisionAsync<SamplingConfig>(context, modelId, cancellation).ConfigureAwait(false),
            await RevisionAsync<MemoryConfig>(context, modelId, cancellation).ConfigureAwait(false), // types of the KV cache
            await RevisionAsync<AdvancedConfig>(context, modelId, cancellation).ConfigureAwait(false),
            await RevisionAsync<LoraConfig>(context, modelId, cancellation).ConfigureAwait(false),
            await RevisionAsync<MultimodalConfig>(context, modelId, cancellation).ConfigureAwait(false),
            await RevisionAsync<ServerOverride>(context, modelId, cancellation).ConfigureAwait(false), // chat template, reasoning format
            await context
                .ServerConfigs.AsNoTracking()
                .Select(row => (long?)row.Revision)
                .SingleOrDefaultAsync(cancellation)
                .ConfigureAwait(false)
                ?? -1,
        ];
        return string.Join(',', revisions.Select(revision => revision.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<long> RevisionAsync<T>(LlamaDbContext context, long modelId, CancellationToken cancellation)
        where T : ModelConfigRecord =>
        await context
            .Set<T>()
            .AsNoTracking()
            .Where(row => row.ModelId == modelId)
            .Select(row => (long?)row.Revision)
            .SingleOrDefaultAsync(cancellation)
            .ConfigureAwait(false)
        ?? -1;

    private sealed record Known(string? Identity, long ReadAt);

    private sealed record EngineFile(string Path, long Length, long ModifiedAt);
}
