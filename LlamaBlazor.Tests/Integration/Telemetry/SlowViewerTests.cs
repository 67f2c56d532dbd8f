using System.Net.WebSockets;
using System.Text;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Telemetry;

/// <summary>A viewer of the hub that stops reading delays nobody, whatever it follows; one that calls nonsense fills no log.</summary>
public sealed class SlowViewerTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const char End = '\u001e';

    [Theory]
    [InlineData("logs")]
    [InlineData("instances")]
    public async Task ViewerThatStopsReading_DelaysNobody(string group)
    {
        using var stopped = new ClientWebSocket();
        await stopped.ConnectAsync(HubViewer.AddressOf(app.Address), default);
        await SendAsync(stopped, "{\"protocol\":\"json\",\"version\":1}");
        await SendAsync(stopped, $"{{\"type\":1,\"target\":\"Follow\",\"arguments\":[\"{group}\"]}}"); // and reads nothing from here on
        await using var viewer = await HubViewer.ConnectAsync(app.Address);
        Assert.Null(await viewer.CallAsync("Follow", group));
        var text = new string('x', 1_000_000);
        for (var round = 0; round < 30; round++) // far more than the sockets between hold
        {
            Publish(group, round, text);
            while (!(await viewer.NextAsync(group)).GetRawText().Contains($"mark {round} ", StringComparison.Ordinal))
            {
                // Something else that happened meanwhile.
            }
        }
    }

    [Fact]
    public async Task UnknownGroup_IsAPlainError_WithoutALine_AndNotForEver()
    {
        var before = await CountAsync();
        await using var viewer = await HubViewer.ConnectAsync(app.Address);
        for (var i = 0; i < 19; i++)
            Assert.Contains("There is no group 'nonsense'", await viewer.CallAsync("Follow", "nonsense"));
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 100; i++)
                await viewer.CallAsync("Follow", "nonsense");
        });
        Assert.Equal(before, await CountAsync());
        await using var other = await HubViewer.ConnectAsync(app.Address);
        Assert.Null(await other.CallAsync("Follow", "logs"));
        Assert.Null(await other.CallAsync("Follow", "logs")); // twice is once
    }

    private void Publish(string group, int round, string text)
    {
        if (group == "logs")
            app.Services.GetRequiredService<Broadcast<LogEntry>>()
                .Publish(
                    new LogEntry
                    {
                        Id = round,
                        Timestamp = round,
                        Level = "info",
                        Source = "test",
                        Message = $"mark {round} {text}",
                    }
                );
        else
            app.Services.GetRequiredService<Broadcast<InstanceSnapshot>>()
                .Publish(
                    new InstanceSnapshot
                    {
                        Id = round,
                        ModelId = 1,
                        Model = $"mark {round} {text}",
                        Phase = InstancePhase.Running,
                    }
                );
    }

    private async Task<int> CountAsync()
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Set<LogRow>().CountAsync(row => row.Message.Contains("hub method") || row.Message.Contains("of a hub failed"));
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, default);
}
