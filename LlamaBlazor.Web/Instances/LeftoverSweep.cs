using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances.Processes;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Ends what a killed dashboard left behind, before anything is started: processes that carry our data folder's marker, and, where that cannot be
/// read, those whose id and start time were recorded. Then the rows say the truth again.
/// </summary>
internal sealed partial class LeftoverSweep(IDbContextFactory<LlamaDbContext> contexts, DatabaseState database, DatabaseWriter writer, DataFolder folder, InstanceLedger ledger, TimeProvider clock, ILogger<LeftoverSweep> logger)
{
    private static readonly string[] Living = ["created", "starting", "running", "stopping"];

    /// <summary>Sweeps; once, at the start.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var pid in ProcessTable.FindMarked(ProcessTable.MarkerOf(folder.Root, "")))
        {
            Signals.Send(pid, Signals.Kill);
            LogEnded(pid);
        }

        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            ledger.StartAfter(await context.Instances.MaxAsync(row => (long?)row.Id, cancellation).ConfigureAwait(false) ?? 0);
            var rows = await context.Instances.AsNoTracking().Where(row => Living.Contains(row.Status) && row.Kind == "process" && row.Pid != null)
                .Select(row => new { row.Pid, row.ProcessStartTime }).ToListAsync(cancellation).ConfigureAwait(false);
            foreach (var row in rows.Where(row => row.ProcessStartTime is not null && ProcessTable.StartTime((int)row.Pid!.Value) == row.ProcessStartTime))
            {
                Signals.SendToGroup((int)row.Pid!.Value, Signals.Kill);
                LogEnded((int)row.Pid!.Value);
            }
        }

        await writer.ExecuteAsync(CorrectAsync, cancellation).ConfigureAwait(false);
    }

    private async Task CorrectAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await context.Instances.Where(row => Living.Contains(row.Status) && row.Kind == "process").ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Status, "stopped").SetProperty(row => row.Pid, (long?)null).SetProperty(row => row.Port, (long?)null)
                .SetProperty(row => row.StoppedAt, now).SetProperty(row => row.Reason, "The dashboard ended without stopping it."),
            cancellation).ConfigureAwait(false);
        await context.Models.Where(model => model.Status != ModelStatus.Stopped).ExecuteUpdateAsync(
            set => set.SetProperty(model => model.Status, ModelStatus.Stopped).SetProperty(model => model.RuntimeStatus, (string?)null),
            cancellation).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ended process {Pid}, an engine that an earlier run of the dashboard left behind")]
    private partial void LogEnded(int pid);
}
