using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Logs;

/// <summary>The log as it grows, over the hub: for those who follow it, in batches.</summary>
public sealed class LogTailTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task AFollower_GetsLinesOfTheProgramAndOfEngines_InTheirOrder()
    {
        await using var viewer = await HubViewer.ConnectAsync(app.Address);
        Assert.Null(await viewer.CallAsync("Follow", "logs"));
        app.Services.GetRequiredService<ILoggerFactory>()
            .CreateLogger("LlamaBlazor.Web.Models.Test")
            .LogWarning("tail-line of the program");
        app.Services.GetRequiredService<Broadcast<InstanceLogLine>>()
            .Publish(new InstanceLogLine(31, "some-model", 1_700_000_000_123, "\u001b[31mE \u001b[0mtail-line of an engine\u001b[0m"));
        var lines = new List<JsonElement>();
        while (lines.Count < 2)
        {
            var batch = (await viewer.NextAsync("logs")).GetProperty("arguments")[0];
            lines.AddRange(
                batch
                    .EnumerateArray()
                    .Where(line => line.GetProperty("message").GetString()!.StartsWith("tail-line", StringComparison.Ordinal))
            );
        }

        Assert.Equal(
            ["warn models tail-line of the program", "error llama-server tail-line of an engine"],
            lines.Select(line => $"{Text(line, "level")} {Text(line, "source")} {Text(line, "message")}")
        );
        Assert.Equal(
            ("some-model", 31, 1_700_000_000_123),
            (Text(lines[1], "origin"), lines[1].GetProperty("model_id").GetInt64(), lines[1].GetProperty("timestamp").GetInt64())
        );
    }

    [Fact]
    public async Task AViewerWhoDoesNotFollow_GetsNone()
    {
        await using var follower = await HubViewer.ConnectAsync(app.Address);
        await using var other = await HubViewer.ConnectAsync(app.Address);
        Assert.Null(await follower.CallAsync("Follow", "logs"));
        Assert.Equal("history", (await other.NextAsync()).GetProperty("target").GetString());
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("LlamaBlazor.Web.Test").LogInformation("tail-quiet");
        while (!(await follower.NextAsync("logs")).GetRawText().Contains("tail-quiet", StringComparison.Ordinal))
        {
            // A batch of before.
        }

        var last = new Sample { Timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 60_000 };
        app.Services.GetRequiredService<Broadcast<Sample>>().Publish(last);
        JsonElement message;
        do
        {
            message = await other.NextAsync();
            Assert.Equal("sample", message.GetProperty("target").GetString()); // what was said before this sample is over
        } while (message.GetProperty("arguments")[0].GetProperty("timestamp").GetInt64() != last.Timestamp);
    }

    [Fact]
    public async Task AnUnknownGroup_IsRefused_WithThoseThereAre()
    {
        await using var viewer = await HubViewer.ConnectAsync(app.Address);
        var error = await viewer.CallAsync("Follow", "everything");
        Assert.Contains("There is no group 'everything'; there are logs and instances.", error);
    }

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
}
