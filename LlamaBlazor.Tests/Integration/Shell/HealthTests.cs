using System.Net;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Shell;

public sealed class HealthTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Healthz_WhenListening_TellsVersion()
    {
        var health = await app.GetAsync("/healthz");
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", health.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Readyz_WhenMigrated_IsOk() => Assert.Equal("ok", (await app.GetAsync("/readyz")).GetProperty("status").GetString());

    [Fact]
    public async Task UnknownApiPath_Answers_ProblemDetails()
    {
        var answer = await app.Http.GetAsync("/api/nothing-here");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task UnknownPage_Answers_404WithAPage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing-here");
        request.Headers.Accept.ParseAdd("text/html");
        var answer = await app.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("blazor.web", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    public async Task Request_OfAnotherSite_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.Forbidden, (await app.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Pages_Carry_AContentSecurityPolicy()
    {
        var answer = await app.Http.GetAsync("/");
        Assert.Contains(answer.Headers.GetValues("Content-Security-Policy"), policy => policy.Contains("script-src 'self';"));
    }
}
