using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Shell;

/// <summary>What a browser fetches for the first page it opens: little, and only once.</summary>
public sealed partial class FirstVisitTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const int Budget = 350_000; // bytes, compressed

    [Fact]
    public async Task FilesOfAPage_AreCompressed_KeptForEver_AndFew()
    {
        var html = await app.Http.GetStringAsync(new Uri("/", UriKind.Relative));
        var files = Addresses().Matches(html).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains(files, file => file.Contains("MudBlazor.min", StringComparison.Ordinal));
        var total = html.Length;
        foreach (var file in files.Append("js/charts.js").Append("js/live-chart.js").Append("lib/signalr/signalr.min.js"))
            total += await FetchAsync(file, isKept: files.Contains(file));
        total += await FetchAsync("lib/apexcharts/apexcharts.min.js", isKept: false);
        Assert.InRange(total, 0, Budget);
    }

    private async Task<int> FetchAsync(string file, bool isKept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(file, UriKind.Relative));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using var answer = await app.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, file);
        Assert.True(answer.Content.Headers.ContentEncoding.Contains("br"), $"{file} is sent as it is");
        if (isKept)
            Assert.Equal("max-age=31536000, immutable", answer.Headers.CacheControl?.ToString());
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    // Style sheets, scripts and pictures of the head and the body.
    [GeneratedRegex("(?:src|href)=\"([^\":#]+\\.(?:css|js|svg))\"")]
    private static partial Regex Addresses();
}
