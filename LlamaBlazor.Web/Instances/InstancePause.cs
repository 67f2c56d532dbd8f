using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>Keeps models from starting while the database is replaced, and forgets afterwards what was known of those of the one
/// before.</summary>
internal sealed class InstancePause(Reservations places, InstanceRegistry registry, InstanceSupervisor supervisor, InstanceStore ledger)
{
    /// <summary>Starts are refused from now on until the pause is disposed. A conflict while a model loads, runs or stops.</summary>
    /// <param name="reason">Told to whoever wants to start one.</param>
    public Result<StartPause> Begin(string reason)
    {
        var pause = places.Close(reason);
        if (pause.IsSuccess && registry.Active.Any())
        {
            pause.Value.Dispose(); // one that stops has given its place back already
            return Reservations.Busy(registry.Active.Select(instance => instance.Model));
        }

        return pause;
    }

    /// <summary>Writes the states that wait, so that none of them ends up in the next database.</summary>
    public Task SettleAsync() => ledger.FlushAsync();

    /// <summary>Forgets all instances: their ids are those of other models and rows now.</summary>
    /// <param name="lastRow">Highest id of <c>container_instances</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task ForgetAsync(long lastRow, CancellationToken cancellation)
    {
        await supervisor.ForgetAsync(cancellation).ConfigureAwait(false);
        ledger.Reset(lastRow);
    }
}

/// <summary>While it lasts, no model starts.</summary>
/// <param name="end">Lets them start again.</param>
internal sealed class StartPause(Action end) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => end();
}
