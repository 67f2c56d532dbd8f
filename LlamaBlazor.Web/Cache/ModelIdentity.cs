using System.Collections.Concurrent;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Cache;

/// <summary>
/// What a model is, for the key of an answer: name, file and revisions of all settings that change what it says (acceptance C3.4). Its path is no
/// part of it, so that a moved file keeps its answers.
/// </summary>
internal sealed class ModelIdentity : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, (string Identity, long ReadAt)> _known = new(); // one a model that is cached
    private readonly IDbContextFactory<LlamaDbContext> _contexts;
    private readonly TimeProvider _clock;
    private readonly IDisposable _changes;

    public ModelIdentity(IDbContextFactory<LlamaDbContext> contexts, Broadcast<ModelChanged> changes, TimeProvider clock)
    {
        (_contexts, _clock) = (contexts, clock);
        _changes = changes.Subscribe(_ => _known.Clear());
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <summary>The identity, or null when the model is gone.</summary>
    public async ValueTask<string?> OfAsync(long modelId, CancellationToken cancellation)
    {
        if (_known.TryGetValue(modelId, out var known) && _clock.GetElapsedTime(known.ReadAt) < Lifetime)
            return known.Identity;
        var readAt = _clock.GetTimestamp();
        if (await Task.Run(() => ReadAsync(modelId, cancellation), cancellation).ConfigureAwait(false) is not { } identity)
            return null;
        _known[modelId] = (identity, readAt);
        return identity;
    }

    private async Task<string?> ReadAsync(long modelId, CancellationToken cancellation)
    {
        var context = await _contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var model = await context.Models.AsNoTracking().Where(row => row.Id == modelId)
                .Select(row => new { row.Name, row.Fingerprint, row.FileSizeBytes, row.FileModifiedAt, row.HfRepo, row.HfFile, row.ModelUrl, row.Predict, row.Keep })
                .FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
            if (model is null)
                return null;
            var engine = await context.Set<RuntimeConfig>().AsNoTracking().Where(row => row.ModelId == modelId).Select(row => row.EnginePath).FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
            var server = await context.ServerConfigs.AsNoTracking().Select(row => (long?)row.Revision).SingleOrDefaultAsync(cancellation).ConfigureAwait(false);
            long[] revisions =
            [
                await RevisionAsync<SamplingConfig>(context, modelId, cancellation).ConfigureAwait(false),
                await RevisionAsync<MemoryConfig>(context, modelId, cancellation).ConfigureAwait(false), // types of the KV cache
                await RevisionAsync<AdvancedConfig>(context, modelId, cancellation).ConfigureAwait(false),
                await RevisionAsync<LoraConfig>(context, modelId, cancellation).ConfigureAwait(false),
                await RevisionAsync<MultimodalConfig>(context, modelId, cancellation).ConfigureAwait(false),
                await RevisionAsync<ServerOverride>(context, modelId, cancellation).ConfigureAwait(false), // chat template, reasoning format
                server ?? -1,
            ];
            return $"{model}|{engine}|{string.Join(',', revisions)}";
        }
    }

    private static async Task<long> RevisionAsync<T>(LlamaDbContext context, long modelId, CancellationToken cancellation)
        where T : ModelConfigRecord =>
        await context.Set<T>().AsNoTracking().Where(row => row.ModelId == modelId).Select(row => (long?)row.Revision).SingleOrDefaultAsync(cancellation).ConfigureAwait(false) ?? -1;
}
