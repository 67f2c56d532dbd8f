using System.Net.WebSockets;
using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Telemetry;

/// <summary>The hub as a browser sees it.</summary>
public sealed class HubTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Viewer_Gets_HistoryFirstThenSamples()
    {
        await using var viewer = await HubViewer.ConnectAsync(app.Address);
        var history = await viewer.NextAsync();
        Assert.Equal("history", history.GetProperty("target").GetString());
        var samples = history.GetProperty("arguments")[0];
        var last = samples.GetArrayLength() == 0 ? 0 : samples[samples.GetArrayLength() - 1].GetProperty("timestamp").GetInt64();

        var published = new Sample
        {
            Timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 500,
            CpuUsage = 42,
            Load1Min = 1.5,
        };
        app.Services.GetRequiredService<Broadcast<Sample>>().Publish(published);
        JsonElement sample;
        do
        {
            var message = await viewer.NextAsync();
            Assert.Equal("sample", message.GetProperty("target").GetString());
            sample = message.GetProperty("arguments")[0];
            Assert.True(sample.GetProperty("timestamp").GetInt64() > last);
        } while (sample.GetProperty("timestamp").GetInt64() != published.Timestamp);
        Assert.Equal(42, sample.GetProperty("cpu_usage").GetDouble());
        Assert.Equal(1.5, sample.GetProperty("load_1min").GetDouble());
        Assert.Equal(JsonValueKind.Null, sample.GetProperty("gpu_memory_total").ValueKind);
    }

    [Fact]
    public async Task Viewer_OfAnotherSite_IsRefused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://evil.example");
        var error = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(HubViewer.AddressOf(app.Address), default));
        Assert.Contains("403", error.Message);
    }

    [Fact]
    public async Task SlowViewer_LosesItsOldest_AndDelaysNobody()
    {
        var source = new Broadcast<int>(NullLogger<Broadcast<int>>.Instance);
        using var slow = new ViewerQueue<int>(source);
        for (var i = 1; i <= 1000; i++)
            source.Publish(i); // returns at once although nobody reads
        var seen = new List<int>();
        await foreach (var item in slow.ReadAllAsync(default))
        {
            seen.Add(item);
            if (item == 1000)
                break;
        }

        Assert.Equal(Enumerable.Range(1001 - ViewerQueue<int>.Bound, ViewerQueue<int>.Bound), seen);
    }
}
