using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>States on their way to the database.</summary>
public sealed class InstanceStoreTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Flush_WaitsForTheStatesThatAreBeingWritten()
    {
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        using var ledger = new InstanceStore(writer, TimeProvider.System, NullLogger<InstanceStore>.Instance);
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var other = writer.ExecuteAsync(
            async (_, _) =>
            {
                begun.SetResult();
                await go.Task;
            }
        );
        await begun.Task;
        ledger.Record(
            new InstanceSnapshot
            {
                Id = 0,
                ModelId = 987_654,
                Model = "m",
                Phase = InstancePhase.Stopped,
            },
            new InstanceDefinition(987_654, "m", "model", false, null, "default", false, null, false, null, null, false),
            "uid",
            null
        );
        var first = ledger.FlushAsync();
        var second = ledger.FlushAsync(); // as before the database is replaced
        Assert.False(second.IsCompleted);
        go.SetResult();
        Assert.True(await first);
        Assert.True(await second);
        await other;
    }
}
