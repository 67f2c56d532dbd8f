using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Engines.Processes;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Ends what a killed dashboard left behind, before anything is started: processes that carry our data folder's marker, and, where that
/// cannot be
/// read, those whose id and start time were recorded. Then the rows say the truth again.
/// </summary>
internal sealed partial class OrphanReaper(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    DatabaseWriter writer,
    DataFolder folder,
    InstanceStore ledger,
    TimeProvider clock,
    ILogger<OrphanReaper> logger
)
{
    private const string BootKey = "boot_id";

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private static readonly string[] Living = ["created", "starting", "running", "stopping"];

    /// <summary>Sweeps; once, at the start.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        // Engines may be asked for their flags already: those probes are ours, and no leftovers.
        var marked = ProcessTable
            .FindMarked(ProcessTable.MarkerOf(folder.Root, ""))
            .Except(ProcessTable.FindMarked(ProcessTable.MarkerOfRun(folder)))
            .ToList();
        foreach (var pid in marked)
        {
            Signals.Send(pid, Signals.Kill);
            LogEnded(pid);
        }

        var boot = ProcessTable.BootId();
        var recorded = await contexts
            .ReadAsync(
                async context =>
                {
                    ledger.StartAfter(await context.Instances.MaxAsync(row => (long?)row.Id, cancellation).ConfigureAwait(false) ?? 0);
                    var rows = await context
                        .Instances.Where(row => Living.Contains(row.Status) && row.Kind == "process" && row.Pid != null)
                        .Select(row => new { row.Pid, row.ProcessStartTime })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    // Start times count from the boot of the machine: those of an earlier one say nothing.
                    var isSameBoot =
                        await context
                            .Metadata.Where(row => row.Key == BootKey)
                            .Select(row => row.Value)
                            .FirstOrDefaultAsync(cancellation)
                            .ConfigureAwait(false)
                            is not { } before
                        || before == boot;
                    return rows.Where(row =>
                            isSameBoot
                            && row.ProcessStartTime is not null
                            && ProcessTable.StartTime((int)row.Pid!.Value) == row.ProcessStartTime
                        )
                        .Select(row => (int)row.Pid!.Value)
                        .ToList();
                },
                cancellation
            )
            .ConfigureAwait(false);

        foreach (var pid in recorded)
        {
            Signals.SendToGroup(pid, Signals.Kill);
            LogEnded(pid);
        }

        await WaitAsync([.. marked, .. recorded], cancellation).ConfigureAwait(false);
        await writer.ExecuteAsync((context, token) => CorrectAsync(context, boot, token), cancellation).ConfigureAwait(false);
    }

    // What they held, memory above all, is free once they have gone: the first starts are decided by it.
    private async Task WaitAsync(IReadOnlyList<int> pids, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        while (pids.Any(ProcessTable.IsAlive))
        {
            if (clock.GetElapsedTime(started) >= EndLimit)
            {
                LogLeft(string.Join(", ", pids.Where(ProcessTable.IsAlive)));
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task CorrectAsync(LlamaDbContext context, string? boot, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await context.Metadata.FindAsync([BootKey], cancellation).ConfigureAwait(false) is not { } note)
            context.Metadata.Add(note = new MetadataRow { Key = BootKey });
        (note.Value, note.UpdatedAt) = (boot ?? "", now);
        await context
            .Instances.Where(row => Living.Contains(row.Status) && row.Kind == "process")
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.StoppedAt, now).SetProperty(row => row.Reason, "The dashboard ended without stopping it."),
                cancellation
            )
            .ConfigureAwait(false);
        // A process of an earlier run never comes back: this run's get rows of their own. Containers are compared with their runtime.
        await context
            .Instances.Where(row => row.Kind == "process" && row.Status != ContainerInstanceRow.Deleted)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.Status, ContainerInstanceRow.Deleted)
                        .SetProperty(row => row.Pid, (long?)null)
                        .SetProperty(row => row.Port, (long?)null),
                cancellation
            )
            .ConfigureAwait(false);
        await context
            .Instances.Where(row => row.Status == ContainerInstanceRow.Deleted && row.StoppedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.StoppedAt, now), cancellation)
            .ConfigureAwait(false);
        await context
            .Models.Where(model => model.Status != ModelStatus.Stopped)
            .ExecuteUpdateAsync(
                set => set.SetProperty(model => model.Status, ModelStatus.Stopped).SetProperty(model => model.RuntimeStatus, (string?)null),
                cancellation
            )
            .ConfigureAwait(false);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Processes {Pids} of an earlier run do not end; the dashboard goes on without waiting for them"
    )]
    private partial void LogLeft(string pids);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ended process {Pid}, an engine that an earlier run of the dashboard left behind")]
    private partial void LogEnded(int pid);
}
