using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Stops a model for another one, unless a request has come meanwhile. True once its process is gone.</summary>
internal delegate Task<bool> EvictModel(long modelId, CancellationToken cancellation);

/// <summary>Stops those that give way to a start, and waits for their end, but for no longer than a stop may take.</summary>
internal sealed class Evictions(EvictModel evict, IOptionsMonitor<InstanceOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan EndReserve = TimeSpan.FromSeconds(5);

    /// <summary>True once all of them have ended. One that cannot be ended must not hold a start for ever.</summary>
    /// <param name="victims">Ids of their models.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<bool> RunAsync(IReadOnlyList<long> victims, CancellationToken cancellation)
    {
        try
        {
            var results = await Task.WhenAll(victims.Select(victim => evict(victim, cancellation)))
                .WaitAsync(TimeSpan.FromSeconds(options.CurrentValue.StopGraceSeconds) + EndReserve, clock, cancellation)
                .ConfigureAwait(false);
            return results.All(ended => ended);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
