using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Telemetry;

public sealed class MetricsApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Latest_Is_ARealReadingInSnakeCase()
    {
        var sample = await WaitForSampleAsync();
        Assert.InRange(sample.GetProperty("memory_usage").GetDouble(), 0.1, 100);
        Assert.InRange(sample.GetProperty("disk_usage").GetDouble(), 0.01, 100);
        Assert.InRange(sample.GetProperty("cpu_usage").GetDouble(), 0, 100);
        Assert.True(sample.GetProperty("load_1min").ValueKind is JsonValueKind.Number || !OperatingSystem.IsLinux());
        Assert.Equal(0, sample.GetProperty("active_models").GetInt32());
        Assert.Equal(JsonValueKind.Array, sample.GetProperty("gpus").ValueKind);
        if (sample.GetProperty("gpus").GetArrayLength() == 0)
            Assert.Equal(JsonValueKind.Null, sample.GetProperty("gpu_usage").ValueKind);
    }

    [Fact]
    public async Task History_Holds_WhatLatestShowed()
    {
        var sample = await WaitForSampleAsync();
        var items = (await app.GetAsync("/api/metrics/history?minutes=1")).GetProperty("items").EnumerateArray().ToList();
        Assert.Contains(items, item => item.GetProperty("timestamp").GetInt64() == sample.GetProperty("timestamp").GetInt64());
    }

    [Theory]
    [InlineData("/api/metrics/history?minutes=0", "minutes")]
    [InlineData("/api/metrics/history?minutes=11", "minutes")]
    [InlineData("/api/metrics/series?range=2y", "range")]
    [InlineData("/api/metrics/series?points=1", "points")]
    public async Task BadQuery_IsRefused_WithTheFieldNamed(string path, string field)
    {
        var answer = await app.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Series_OfTenMinutes_ComesFromMemory()
    {
        await WaitForSampleAsync();
        var series = await app.GetAsync("/api/metrics/series?range=10m&points=100");
        Assert.Equal(6000, series.GetProperty("step_ms").GetInt64());
        Assert.NotEqual(0, series.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Prometheus_GetsTheTextFormat()
    {
        await WaitForSampleAsync();
        var answer = await app.Http.GetAsync("/metrics");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE llamablazor_cpu_usage_percent gauge\nllamablazor_cpu_usage_percent ", text);
        Assert.Contains("llamablazor_database_rows_dropped_total 0\n", text);
    }

    private async Task<JsonElement> WaitForSampleAsync()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var answer = await app.Http.GetAsync("/api/metrics/latest");
            if (answer.IsSuccessStatusCode)
                return await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            await Task.Delay(50);
        }

        throw new TimeoutException("No sample came within 10 s");
    }
}
