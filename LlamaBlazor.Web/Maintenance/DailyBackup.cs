using LlamaBlazor.Web.Maintenance.Jobs;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The backup of each day, made from 02:00 local time on.</summary>
internal sealed partial class DailyBackup(DatabaseOperations operations, DatabaseJobs jobs, TimeProvider clock, ILogger<DailyBackup> logger)
{
    private const int BackupHour = 2;

    /// <summary>Backs up if today has no backup yet and it is late enough.</summary>
    /// <param name="cancellation">Ends a backup under way.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var local = clock.GetLocalNow();
        var known = operations.ListBackups();
        if (known.Failure is { } unknown)
        {
            LogNoBackup(unknown.Message);
            return;
        }

        var newest = known
            .Value.Where(backup => backup.Kind == "daily" && backup.CreatedAt <= local)
            .Max(backup => (DateTimeOffset?)backup.CreatedAt);
        if (local.Hour < BackupHour || (newest is { } last && TimeZoneInfo.ConvertTime(last, clock.LocalTimeZone).Date >= local.Date))
            return;
        var made = await jobs.RunAsync("backup", (progress, token) => operations.BackupAsync("daily", progress, token), cancellation)
            .ConfigureAwait(false);
        if (made.Failure is { } failure)
            LogNoBackup(failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No daily backup was made; it is tried again in an hour. {Reason}")]
    private partial void LogNoBackup(string reason);
}
