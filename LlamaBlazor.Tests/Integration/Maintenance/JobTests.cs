using System.Net;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Long operations: one at a time, told live, ended when somebody wants it, with the database as it was.</summary>
public sealed class JobTests(AppFixture app) : IClassFixture<AppFixture>
{
    private DatabaseJobs Jobs => app.Services.GetRequiredService<DatabaseJobs>();

    [Fact]
    public async Task Job_IsTold_RefusesASecond_AndIsCancelledByTheApi()
    {
        var stages = new List<DatabaseJob>();
        using var watching = Jobs.Changes.Subscribe(stages.Add);
        var started = Jobs.Start<int>(
            "vacuum",
            async (progress, token) =>
            {
                progress.Report(new WorkStep("Half way", 0.5));
                await Task.Delay(Timeout.Infinite, token);
                return 1;
            }
        );
        var id = started.Value.Job.Id;
        await Until.TrueAsync(async () => (await JobAsync(id)).GetProperty("percent").ValueKind == JsonValueKind.Number, "progress");
        Assert.Equal(
            ("running", "Half way", 50),
            (
                await JobAsync(id) is var job ? job.GetProperty("state").GetString() : "",
                job.GetProperty("step").GetString(),
                job.GetProperty("percent").GetInt32()
            )
        );
        var refused = await app.Http.PostAsync("/api/database/backup", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("vacuum is running", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await app.Http.PostAsync($"/api/database/jobs/{id}/cancel", null)).StatusCode);
        Assert.Contains("cancelled", (await started.Value.Outcome).Failure!.Message);
        Assert.Equal("cancelled", (await JobAsync(id)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await app.Http.PostAsync($"/api/database/jobs/{id}/cancel", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.PostAsync("/api/database/jobs/987654/cancel", null)).StatusCode);
        Assert.Equal(
            [WorkState.Running, WorkState.Running, WorkState.Cancelled],
            stages.Where(stage => stage.Id == id).Select(stage => stage.State)
        );
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("vacuum")]
    [InlineData("analyze")]
    [InlineData("check")]
    [InlineData("prune")]
    public async Task InTheBackground_TheJobIsAnswered_AndKeepsItsResult(string operation)
    {
        var answer = await app.Http.PostAsync($"/api/database/{operation}?background=true", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var address = answer.Headers.Location!.ToString();
        await Until.TrueAsync(
            async () => (await app.GetAsync(address)).GetProperty("state").GetString() != "running",
            "the end of the job"
        );
        var job = await app.GetAsync(address);
        Assert.Equal(("done", JsonValueKind.Object), (job.GetProperty("state").GetString(), job.GetProperty("result").ValueKind));
        Assert.True(job.GetProperty("ended_at").GetInt64() >= job.GetProperty("started_at").GetInt64());
    }

    [Theory]
    [InlineData("backup", "Copying")]
    [InlineData("backup", "Checking the copy")]
    [InlineData("export", "Copying")]
    [InlineData("vacuum", "Rebuilding")]
    [InlineData("analysis", "Counting")]
    [InlineData("check", "Checking pages and indexes")]
    [InlineData("check", "Checking references")]
    [InlineData("restore", "Fetching the file")]
    [InlineData("restore", "Copying over")]
    [InlineData("recovery", "Copying over")]
    [InlineData("merge", "Merging models")]
    [InlineData("legacy", "Reading metrics")]
    [InlineData("dump", "Writing logs")]
    [InlineData("load", "Running the statements")]
    [InlineData("prune", "Pruning logs")]
    public async Task Cancelled_AtAnyStep_LeavesTheDatabaseAndNoRemains(string operation, string step)
    {
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        var mark = $"{operation} {step}";
        await writer.ExecuteAsync(
            (context, _) =>
            {
                context
                    .Set<LogRow>()
                    .AddRange(
                        Enumerable
                            .Range(0, 3000)
                            .Select(i => new LogRow
                            {
                                Level = "info",
                                Source = "server",
                                Category = mark,
                                Message = $"{i} {new string('x', 500)}",
                                Timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                                CreatedAt = i,
                            })
                    );
                return Task.CompletedTask;
            }
        );
        var work = await PrepareAsync(operation);
        var models = Scalar("SELECT count(*) FROM models");
        using var cancellation = new CancellationTokenSource();
        var reached = false;
        var progress = new Teller(report =>
        {
            if (report.Name.StartsWith(step, StringComparison.Ordinal))
            {
                reached = true;
                cancellation.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work(progress, cancellation.Token));
        Assert.True(reached, $"The step {step} did not come");
        Assert.Equal(3000L, Scalar($"SELECT count(*) FROM logs WHERE category = '{mark}'"));
        Assert.Equal(models, Scalar("SELECT count(*) FROM models"));
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
        Assert.Empty(Directory.EnumerateFiles(app.Services.GetRequiredService<DataFolder>().Backups, "*.part*"));
        await writer.ExecuteAsync(
            (context, _) =>
                Task.FromResult(
                    context
                        .Set<LogRow>()
                        .Add(
                            new LogRow
                            {
                                Level = "info",
                                Source = "server",
                                Message = "written after",
                                CreatedAt = 1,
                            }
                        )
                )
        ); // and writing goes on
    }

    private async Task<Func<IProgress<WorkStep>, CancellationToken, Task>> PrepareAsync(string operation)
    {
        var services = app.Services;
        var (operations, restore) = (services.GetRequiredService<DatabaseOperations>(), services.GetRequiredService<DatabaseRestore>());
        string Temporary(string extension) => app.Folder.File(Guid.NewGuid().ToString("N") + extension);
        async Task<string> CopyAsync()
        {
            var copy = Temporary(".db");
            Assert.True((await operations.ExportAsync(copy)).IsSuccess);
            return copy;
        }

        switch (operation)
        {
            case "backup":
                return (progress, token) => operations.BackupAsync("manual", progress, token);
            case "export":
                return (progress, token) => operations.ExportAsync(Temporary(".db"), progress, token);
            case "vacuum":
                return operations.VacuumAsync;
            case "analysis":
                return operations.AnalyzeAsync;
            case "check":
                return operations.CheckAsync;
            case "prune":
                return services.GetRequiredService<RetentionJob>().PruneAsync;
            case "restore":
                var before = await CopyAsync();
                return (progress, token) => restore.FileAsync(before, progress, token);
            case "recovery":
                Assert.True((await operations.BackupAsync("manual")).IsSuccess);
                return restore.RecoverAsync;
            case "merge":
                var other = await CopyAsync();
                using (var connection = SqliteSetup.Open(other))
                    SqliteSetup.Execute(
                        connection,
                        "INSERT INTO models (uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, "
                            + "updated_at, revision) VALUES ('u9', 'nine', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0), ('u8', "
                            + "'eight', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0);"
                    );
                return (progress, token) => services.GetRequiredService<DatabaseMerge>().MergeAsync(other, progress, token);
            case "legacy":
                var old = LegacyFixtures.Write(
                    Temporary(".db"),
                    LegacyFixtures.WideV1
                        + "CREATE TABLE metrics (cpu_usage REAL, timestamp INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                        + "SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO metrics SELECT i, 1700000000 + i FROM n;"
                );
                return (progress, token) => services.GetRequiredService<LegacyImport>().RunAsync(old, false, null, progress, token);
            case "dump":
                return (progress, token) =>
                    Task.Run(
                        () => SqlDump.WriteFile(services.GetRequiredService<DataFolder>().Database, Temporary(".sql"), progress, token),
                        token
                    );
            default:
                var dump = Temporary(".sql");
                SqlDump.WriteFile(services.GetRequiredService<DataFolder>().Database, dump, null, CancellationToken.None);
                return (progress, token) => restore.SqlAsync(dump, progress, token);
        }
    }

    private Task<JsonElement> JobAsync(long id) => app.GetAsync($"/api/database/jobs/{id}");

    private object? Scalar(string sql)
    {
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql);
    }

    private sealed class Teller(Action<WorkStep> tell) : IProgress<WorkStep>
    {
        public void Report(WorkStep value) => tell(value);
    }
}
