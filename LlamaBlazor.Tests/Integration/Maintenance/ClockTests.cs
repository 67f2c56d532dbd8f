using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A clock that ran ahead once, or jumps, takes no backup and no row away that is new.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Today = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("manual")]
    [InlineData("daily")]
    [InlineData(BackupName.BeforeRestore)]
    public void BackupsOfTheFuture_GoFirst_AndTheOneJustMadeStays(string kind)
    {
        using var temp = new TempFolder();
        using var folder = DataFolder.Open(temp.Path);
        using (var connection = SqliteSetup.Open(folder.Database))
            SqliteSetup.Execute(connection, "CREATE TABLE t (x)");
        var clock = new SetClock(Today.AddDays(400));
        var backup = new DatabaseBackup(folder, clock);
        for (var i = 0; i < DatabaseBackup.Kept; i++, clock.Now += TimeSpan.FromHours(1))
            backup.Create(kind);
        clock.Now = Today;
        var made = new List<string>();
        for (var i = 0; i < DatabaseBackup.Kept + 1; i++, clock.Now += TimeSpan.FromHours(1))
        {
            made.Add(backup.Create(kind));
            Assert.True(File.Exists(made[^1]));
            Assert.Equal(DatabaseBackup.Kept, Directory.GetFiles(folder.Backups).Length);
        }

        Assert.Equal(made[1..], Directory.GetFiles(folder.Backups).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task BackupOfTheFuture_DoesNotStopTheDailyOne()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var folder = app.Services.GetRequiredService<DataFolder>();
        var future = TimeProvider.System.GetUtcNow().AddDays(400);
        for (var i = 0; i < DatabaseBackup.Kept; i++)
            await File.WriteAllTextAsync(
                Path.Combine(folder.Backups, $"llama-dashboard-daily-{future.AddDays(i):yyyyMMdd-HHmmssfff}.db"),
                ""
            );
        var now = TimeProvider.System.GetUtcNow().AddMinutes(1); // after the backup, whose name has the time of the machine
        // late enough in the day
        var clock = new SetClock(now) { Zone = TimeZoneInfo.CreateCustomTimeZone("noon", TimeSpan.FromHours(12 - now.Hour), null, null) };
        var daily = ActivatorUtilities.CreateInstance<DailyBackup>(app.Services, clock);
        await daily.RunAsync(CancellationToken.None);
        await daily.RunAsync(CancellationToken.None); // once a day
        Assert.Single(
            Directory.EnumerateFiles(folder.Backups, $"llama-dashboard-daily-{TimeProvider.System.GetUtcNow():yyyy}*.db"),
            path => new FileInfo(path).Length > 0
        );
    }

    [Fact]
    public async Task RowsOfTheFuture_CountAsTheOldest()
    {
        await using var app = new AppFixture().With("LlamaBlazor:Retention:logs:Rows", "10");
        await app.InitializeAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var future = TimeProvider.System.GetUtcNow().AddDays(400).ToUnixTimeMilliseconds();
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context
                        .Set<LogRow>()
                        .AddRange(
                            Enumerable
                                .Range(0, 50)
                                .Select(i => new LogRow
                                {
                                    Level = "info",
                                    Source = "server",
                                    Message = "ahead",
                                    Timestamp = future + i,
                                })
                        );
                    context
                        .Set<LogRow>()
                        .AddRange(
                            Enumerable
                                .Range(0, 5)
                                .Select(i => new LogRow
                                {
                                    Level = "info",
                                    Source = "server",
                                    Message = "new",
                                    Timestamp = now - i,
                                })
                        );
                    return Task.CompletedTask;
                }
            );
        await app.Services.GetRequiredService<RetentionJob>().PruneAsync();
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        Assert.Equal(5L, SqliteSetup.Scalar(connection, "SELECT count(*) FROM logs WHERE message = 'new'"));
        Assert.InRange((long)SqliteSetup.Scalar(connection, "SELECT count(*) FROM logs WHERE message = 'ahead'")!, 0, 5);
    }

    [Fact]
    public void AJumpAhead_IsBelievedAfterADay_AndOneBackAtOnce()
    {
        var clock = new SetClock(Today);
        var ages = new AgeClock(clock);
        clock.Pass(TimeSpan.FromHours(30)); // time that passes is no jump
        Assert.Equal(Today.AddHours(30), ages.Now);
        clock.Now += TimeSpan.FromDays(400);
        Assert.Equal(Today.AddHours(30), ages.Now);
        clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(Today.AddHours(31), ages.Now);
        clock.Now -= TimeSpan.FromDays(400);
        Assert.Equal(Today.AddHours(31), ages.Now);
        clock.Now += TimeSpan.FromDays(40);
        Assert.Equal(Today.AddHours(31), ages.Now);
        clock.Pass(TimeSpan.FromHours(25));
        Assert.Equal(clock.Now, ages.Now);
    }

    /// <summary>A wall clock that is set, and a monotonic one that only passes.</summary>
    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        private long _passed;

        public DateTimeOffset Now { get; set; } = now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

        public override TimeZoneInfo LocalTimeZone => Zone;

        public void Pass(TimeSpan time)
        {
            Now += time;
            _passed += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _passed;
    }
}
