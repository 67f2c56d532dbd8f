using System.Collections.Frozen;
using System.Data.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// Names of models and aliases, kept in memory so that a request costs no query. Refreshed in the background while it is used, and at once
/// when a
/// name is not found.
/// </summary>
internal sealed partial class ModelDirectory : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    private readonly IDbContextFactory<LlamaDbContext> _contexts;
    private readonly DatabaseState _database;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelDirectory> _logger;
    private readonly IDisposable _changes;
    private readonly IDisposable _configured;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Snapshot _snapshot = Snapshot.Empty;
    private long _changesSeen; // changes told of so far; a snapshot knows how many of them it holds
    private long _failedAt; // when the database could last not be read, by the clock that never goes back, or 0
    private int _refreshing;

    public ModelDirectory(
        IDbContextFactory<LlamaDbContext> contexts,
        DatabaseState database,
        Broadcast<ModelChanged> changes,
        Broadcast<ConfigChanged> configured,
        TimeProvider clock,
        ILogger<ModelDirectory> logger
    )
    {
        (_contexts, _database, _clock, _logger) = (contexts, database, clock, logger);
        _changes = changes.Subscribe(_ => Invalidate());
        _configured = configured.Subscribe(_ => Invalidate()); // aliases, places, cache and project are settings
    }

    /// <summary>All names, models first; those with a wildcard are left out, since nobody asks for them as they are.</summary>
    public IReadOnlyCollection<ProxyTarget> All => _snapshot.Ordered;

    /// <summary>Whether a name is known, without asking the database.</summary>
    public bool Contains(string name) => _snapshot.ByName.ContainsKey(name);

    /// <summary>What a name leads to, or null. Waits for the database only when the name is unknown or something has just
    /// changed.</summary>
    public ValueTask<ProxyTarget?> FindAsync(string name, CancellationToken cancellation)
    {
        var snapshot = _snapshot;
        if (IsStale(snapshot) || snapshot.Find(name) is not { } target)
            return new ValueTask<ProxyTarget?>(FindFreshAsync(name, cancellation));
        if (_clock.GetElapsedTime(snapshot.LoadedAt) > Lifetime && Interlocked.Exchange(ref _refreshing, 1) == 0)
            _ = Task.Run(() => RefreshAsync(CancellationToken.None), CancellationToken.None);
        return new ValueTask<ProxyTarget?>(target);
    }

    /// <summary>The names as they are in the database now.</summary>
    public async Task<IReadOnlyCollection<ProxyTarget>> ReadAsync(CancellationToken cancellation)
    {
        await LoadAsync(ShortestPause, cancellation).ConfigureAwait(false);
        return All;
    }

    /// <summary>Reads the names anew before the next one is looked up: an alias was changed.</summary>
    public void Invalidate() => Interlocked.Increment(ref _changesSeen);

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes.Dispose();
        _configured.Dispose();
        _loading.Dispose();
    }

    private bool IsStale(Snapshot snapshot) => snapshot.Changes != Volatile.Read(ref _changesSeen);

    // A database that cannot be read for a while must not stop requests for models that are known, nor have each of them wait.
    private async Task<ProxyTarget?> FindFreshAsync(string name, CancellationToken cancellation)
    {
        var failedAt = Volatile.Read(ref _failedAt);
        if (failedAt != 0 && _clock.GetElapsedTime(failedAt) < FailurePause && _snapshot.Find(name) is { } known)
            return known;
        try
        {
            await LoadAsync(ShortestPause, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or DbUpdateException)
        {
            Volatile.Write(ref _failedAt, _clock.GetTimestamp());
            LogRefreshFailed(error);
        }

        return _snapshot.Find(name);
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            await LoadAsync(Lifetime, cancellation).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogRefreshFailed(error); // the names read before stay in force
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    private async Task LoadAsync(TimeSpan pause, CancellationToken cancellation)
    {
        await _database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        await _loading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var snapshot = _snapshot;
            if (!IsStale(snapshot) && snapshot.LoadedAt != 0 && _clock.GetElapsedTime(snapshot.LoadedAt) <= pause)
                return;
            var changes = Volatile.Read(ref _changesSeen); // before reading: what changes meanwhile is read next time
            _snapshot = await Task.Run(() => ReadSnapshotAsync(changes, cancellation), cancellation).ConfigureAwait(false);
            Volatile.Write(ref _failedAt, 0);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<Snapshot> ReadSnapshotAsync(long changes, CancellationToken cancellation)
    {
        return await _contexts
            .ReadAsync(
                async context =>
                {
                    var query =
                        from model in context.Models
                        where model.Role == ModelRole.Model
                        from runtime in context.Set<RuntimeConfig>().Where(runtime => runtime.ModelId == model.Id).DefaultIfEmpty()
                        orderby model.Name
                        let projector = context
                            .Set<MultimodalConfig>()
                            .Where(own => own.ModelId == model.Id)
                            .Select(own => own.Mmproj)
                            .FirstOrDefault()
                            ?? model.ProjectorPath
                        let senses = context
                            .Models.Where(row => row.Role == ModelRole.Projector && row.ModelPath == projector)
                            .Select(row => row.MetadataJson)
                            .FirstOrDefault()
                        select new
                        {
                            Model = new ProxyModel(
                                model.Id,
                                model.Name,
                                model.ModelPath,
                                (int?)runtime.Concurrency,
                                runtime.CacheMode,
                                runtime.Project ?? InstanceDefinition.DefaultProject,
                                new ProxyModelMetadata(
                                    model.CreatedAt,
                                    model.Architecture,
                                    model.ParameterCount,
                                    model.Quantization,
                                    model.FileSizeBytes,
                                    model.ContextLength,
                                    model.CtxSize,
                                    model.ChatTemplateText != null,
                                    projector == null ? ProjectorSenses.None : ProjectorSenses.Of(senses),
                                    model.Status
                                )
                            )
                            {
                                IsPinned = runtime.Pinned ?? false,
                            },
                            model.Alias,
                            runtime.Aliases,
                        };
                    var rows = await query.ToListAsync(cancellation).ConfigureAwait(false);
                    var variants = await context
                        .Set<ModelAliasRow>()
                        .Select(row => new
                        {
                            row.Name,
                            row.ModelId,
                            row.ParametersJson,
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var models = rows.ToDictionary(row => row.Model.Id, row => row.Model);
                    var aliases = rows.SelectMany(row =>
                        ModelNames.Aliases(row.Alias, row.Aliases).Select(alias => new ProxyTarget(alias, row.Model, null))
                    );
                    var named = variants
                        .Where(row => models.ContainsKey(row.ModelId))
                        .Select(row => new ProxyTarget(row.Name, models[row.ModelId], row.ParametersJson));
                    return Snapshot.Of(
                        [.. rows.Select(row => new ProxyTarget(row.Model.Name, row.Model, null)), .. named, .. aliases],
                        _clock.GetTimestamp(),
                        changes
                    );
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The names of the models could not be refreshed; those read before stay in force")]
    private partial void LogRefreshFailed(Exception error);

    // The first owner of a name keeps it: models before aliases. What is named comes before what a wildcard means.
    private sealed record Snapshot(
        FrozenDictionary<string, ProxyTarget> ByName,
        IReadOnlyList<ProxyTarget> Ordered,
        long LoadedAt,
        long Changes
    )
    {
        // The closest first: most letters of its own.
        private IReadOnlyList<(WildcardName Name, ProxyTarget Target)> Wildcards { get; init; } = [];

        public static Snapshot Empty { get; } = new(FrozenDictionary<string, ProxyTarget>.Empty, [], 0, -1);

        public static Snapshot Of(IReadOnlyList<ProxyTarget> targets, long now, long changes)
        {
            var unique = targets
                .DistinctBy(target => target.Name, StringComparer.OrdinalIgnoreCase)
                .ToLookup(target => target.Name != target.Model.Name && WildcardName.Read(target.Name) is not null);
            var exact = unique[false].ToList();
            var wildcards = unique[true]
                .Select(target => (WildcardName.Read(target.Name)!, target with { IsWildcard = true }))
                .OrderByDescending(pair => pair.Item1.Weight);
            return new Snapshot(exact.ToFrozenDictionary(target => target.Name, StringComparer.OrdinalIgnoreCase), exact, now, changes)
            {
                Wildcards = [.. wildcards],
            };
        }

        public ProxyTarget? Find(string name)
        {
            if (ByName.TryGetValue(name, out var target))
                return target;
            foreach (var (wildcard, owner) in Wildcards)
            {
                if (wildcard.Matches(name))
                    return owner;
            }

            return null;
        }
    }
}
