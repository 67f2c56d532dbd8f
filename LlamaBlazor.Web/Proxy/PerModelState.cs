using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Keeps something in memory for each model that was asked for in this run.</summary>
internal interface IPerModelState
{
    /// <summary>The models that it keeps something for; a copy.</summary>
    IReadOnlyCollection<long> Models { get; }

    /// <summary>Forgets a model that was deleted. While a request of it is under way it may be kept; then it is asked again.</summary>
    void Forget(long modelId);
}

/// <summary>Removes what is kept in memory for models that are gone: after deletions, and again until their last request has ended. Now and
/// then it looks unasked, for a request that found its model just before the deletion.</summary>
internal sealed class PerModelStateCleaner(
    IEnumerable<IPerModelState> states,
    DatabaseState database,
    InstanceDefinitions definitions,
    Broadcast<ModelChanged> models,
    TimeProvider clock,
    ILogger<PerModelStateCleaner> logger
) : BackgroundService
{
    /// <summary>Between two looks while a deleted model has requests under way.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks that nothing has asked for.</summary>
    public static readonly TimeSpan Unasked = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<IPerModelState> _states = [.. states];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        PeriodicWork work = null!;
        work = new PeriodicWork(
            "What is kept for deleted models could not be removed",
            async token => work.Interval = await CleanAsync(token).ConfigureAwait(false) ? Unasked : LookAgain,
            clock,
            logger
        )
        {
            Interval = Unasked,
        };
        using var deletions = models.Subscribe(change =>
        {
            if (change.Kind is ModelChanged.Deleted or ModelChanged.Library)
                work.Wake();
        });
        await work.RunAsync(database.Ready, stoppingToken).ConfigureAwait(false);
    }

    /// <summary>One look. True when nothing is kept of any model that is gone.</summary>
    public async Task<bool> CleanAsync(CancellationToken cancellation)
    {
        var gone = _states.SelectMany(state => state.Models).ToHashSet();
        if (gone.Count == 0)
            return true;
        gone.ExceptWith(await definitions.PresentAsync(gone, cancellation).ConfigureAwait(false));
        foreach (var state in _states)
        {
            foreach (var id in gone)
                state.Forget(id);
        }

        return !_states.Any(state => state.Models.Any(gone.Contains));
    }
}
