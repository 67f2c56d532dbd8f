using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Data;

public sealed class DatabaseWriterTests(AppFixture app) : IClassFixture<AppFixture>
{
    private DatabaseWriter Writer => app.Services.GetRequiredService<DatabaseWriter>();

    [Fact]
    public async Task QueuedRows_AreWritten_BeforeALaterEdit()
    {
        for (var i = 0; i < 1200; i++)
            Assert.True(Writer.TryAdd(Log($"queued {i}")));
        var count = await Writer.ExecuteAsync(
            (context, token) => context.Set<LogRow>().CountAsync(row => row.Message.StartsWith("queued "), token)
        );
        Assert.Equal(1200, count);
    }

    [Fact]
    public async Task EditThatThrows_SavesNothing_AndTellsItsCaller()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Writer.ExecuteAsync(
                async (context, token) =>
                {
                    context.Set<LogRow>().Add(Log("half done"));
                    await context.SaveChangesAsync(token);
                    throw new InvalidOperationException("changed my mind");
                }
            )
        );
        Assert.Equal("changed my mind", error.Message);
        Assert.Equal(
            0,
            await Writer.ExecuteAsync((context, token) => context.Set<LogRow>().CountAsync(row => row.Message == "half done", token))
        );
    }

    [Fact]
    public async Task RowsThatCannotBeWritten_AreCounted_AndOthersGoOn()
    {
        var dropped = Writer.Dropped;
        Writer.TryAdd(
            new LogRow
            {
                Level = "shouting",
                Message = "refused by its CHECK",
                Source = "server",
            }
        );
        // behind it in the queue, and before the rows of others
        var (now, error) = await Writer.ExecuteAsync((_, _) => Task.FromResult((Writer.Dropped, Writer.LastError)));
        Assert.Equal(dropped + 1, now);
        Assert.NotNull(error);
        Writer.TryAdd(Log("after the refusal"));
        Assert.Equal(
            (1, null),
            await Writer.ExecuteAsync(
                async (context, token) =>
                    (await context.Set<LogRow>().CountAsync(row => row.Message == "after the refusal", token), Writer.LastError)
            )
        );
    }

    [Fact]
    public async Task ManyEditsAtOnce_AllHappen()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i =>
                    Writer.ExecuteAsync(
                        (context, _) =>
                        {
                            context.Set<LogRow>().Add(Log($"edit {i}"));
                            return Task.CompletedTask;
                        }
                    )
                )
        );
        Assert.Equal(
            200,
            await Writer.ExecuteAsync((context, token) => context.Set<LogRow>().CountAsync(row => row.Message.StartsWith("edit "), token))
        );
    }

    private static LogRow Log(string message) =>
        new()
        {
            Level = "info",
            Message = message,
            Source = "server",
        };
}
