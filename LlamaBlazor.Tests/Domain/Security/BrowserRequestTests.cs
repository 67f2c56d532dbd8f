using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Tests.Domain.Security;

public sealed class BrowserRequestTests
{
    private const string Own = "http://127.0.0.1:5080";

    [Theory]
    [InlineData("same-origin", RequestSource.Own)]
    [InlineData("none", RequestSource.Own)]
    [InlineData("", RequestSource.Own)]
    [InlineData(null, RequestSource.Own)]
    [InlineData("cross-site", RequestSource.Foreign)]
    [InlineData("same-site", RequestSource.Foreign)]
    [InlineData("none, cross-site", RequestSource.Foreign)]
    [InlineData("Same-Origin", RequestSource.Foreign)]
    public void FetchMetadata_TellsWhosePageItWas(string? site, RequestSource source)
    {
        foreach (var method in new[] { "GET", "HEAD", "POST", "DELETE" })
            Assert.Equal(source, new BrowserRequest(method, [], site, "no-cors", "image", null).Judge(Own));
    }

    [Theory]
    [InlineData("GET", "navigate", "document", RequestSource.ForeignNavigation)]
    [InlineData("HEAD", "navigate", "document", RequestSource.Foreign)]
    [InlineData("POST", "navigate", "document", RequestSource.Foreign)]
    [InlineData("GET", "navigate", "iframe", RequestSource.Foreign)]
    [InlineData("GET", "navigate", null, RequestSource.Foreign)]
    [InlineData("GET", "cors", "document", RequestSource.Foreign)]
    public void OnlyAWindowThatGoesThere_IsANavigation(string method, string mode, string? destination, RequestSource source) =>
        Assert.Equal(source, new BrowserRequest(method, [], "cross-site", mode, destination, null).Judge(Own));

    [Theory]
    [InlineData(Own, RequestSource.Own)]
    [InlineData("http://127.0.0.1:5081", RequestSource.Foreign)]
    [InlineData("http://127.0.0.1", RequestSource.Foreign)]
    [InlineData("https://127.0.0.1:5080", RequestSource.Foreign)]
    [InlineData("ftp://127.0.0.1:5080", RequestSource.Foreign)]
    [InlineData("moz-extension://127.0.0.1:5080", RequestSource.Foreign)]
    [InlineData("http://127.0.0.2:5080", RequestSource.Foreign)]
    [InlineData("http://[::1]:5080", RequestSource.Foreign)]
    [InlineData("http://localhost:5080", RequestSource.Foreign)]
    [InlineData("http://user@127.0.0.1:5080", RequestSource.Foreign)]
    [InlineData("http://127.0.0.1:5080/x", RequestSource.Foreign)]
    [InlineData("null", RequestSource.Foreign)]
    [InlineData("", RequestSource.Foreign)]
    public void Origin_IsOurs_OnlyToTheLetter(string origin, RequestSource source) =>
        Assert.Equal(source, new BrowserRequest("POST", [origin], null, null, null, null).Judge(Own));

    [Fact]
    public void UsualPort_NeedNotBeWritten() =>
        Assert.Equal(
            RequestSource.Own,
            new BrowserRequest("POST", ["https://localhost"], null, null, null, null).Judge("https://LOCALHOST:443")
        );

    [Fact]
    public void ForeignOrigin_CountsBesideOurs() =>
        Assert.Equal(
            RequestSource.Foreign,
            new BrowserRequest("POST", [Own, "http://evil.example"], "same-origin", null, null, null).Judge(Own)
        );

    [Theory]
    [InlineData("GET", "http://evil.example/page", RequestSource.ForeignNavigation)]
    [InlineData("POST", "http://evil.example/page", RequestSource.Foreign)]
    [InlineData("HEAD", "http://evil.example/page", RequestSource.Foreign)]
    [InlineData("GET", Own + "/models?q=1", RequestSource.Own)]
    [InlineData("GET", "http://127.0.0.1:5081/", RequestSource.ForeignNavigation)]
    [InlineData("GET", "about:blank", RequestSource.ForeignNavigation)]
    public void OldBrowser_IsToldByItsReferer(string method, string referer, RequestSource source) =>
        Assert.Equal(source, new BrowserRequest(method, [], null, null, null, referer).Judge(Own));
}
