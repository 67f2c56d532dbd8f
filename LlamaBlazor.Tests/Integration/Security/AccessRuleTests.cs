using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Architecture;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Security.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>Which policy each endpoint has, and what holds for one that has none.</summary>
public sealed class AccessRuleTests(AppFixture app) : IClassFixture<AppFixture>
{
    private List<RouteEndpoint> Routes =>
        [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(Assert.IsAssignableFrom<RouteEndpoint>)];

    [Fact]
    public void EachEndpoint_HasAPolicy_OrSaysThatItIsForAll()
    {
        Assert.True(Routes.Count > 200);
        Source.AssertNone(
            from route in Routes
            where !IsForAll(route) && PolicyOf(route) is null
            select $"{route.DisplayName} has no policy: name its area in AccessTable, or say AllowAnonymous."
        );
    }

    [Fact]
    public void WhatIsGuarded_HasThePolicyOfItsArea_AndIsOpenToNobody()
    {
        string[] readByAdmins = ["/api/database/dump", "/api/database/export"];
        var guarded = Routes.Where(route => Area(route) is "api" or "_blazor" or "hubs" or "metrics" or "openapi").ToList();
        Assert.True(guarded.Count > 150);
        Source.AssertNone(
            from route in guarded
            let reads = route.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: ["GET"] }
                && !readByAdmins.Contains(Pattern(route))
            let needed = Area(route) is not ("api" or "_blazor") || (Area(route) == "api" && reads) ? "read" : "admin"
            where IsForAll(route) || PolicyOf(route) != needed
            select $"{route.DisplayName}: {PolicyOf(route)}, should be {needed}"
        );
    }

    [Fact]
    public void ForAll_AreOnlyPages_Files_Health_AndWhatLeadsNowhere()
    {
        var open = Routes
            .Where(route => IsForAll(route) && route.Metadata.GetMetadata<ChecksKeysItself>() is null)
            .Where(route =>
                route.Metadata.GetMetadata<RootComponentMetadata>() is null && route.Metadata.GetMetadata<StaticAssetDescriptor>() is null
            )
            .Select(Pattern)
            .Where(pattern => !pattern.StartsWith("/_framework/", StringComparison.Ordinal));
        var refused = RouteTable.All.Select(route => route.Path).Where(path => !path.StartsWith("/v1/", StringComparison.Ordinal));
        string[] expected = ["/health", "/healthz", "/readyz", "/v1/health", "/v1/{**path}", .. refused];
        Assert.Equal(expected.Distinct().Order(), open.Distinct().Order());
    }

    [Fact]
    public void KeysAreChecked_ByTheProxy_WhereItServesPrograms()
    {
        var own = Routes.Where(route => route.Metadata.GetMetadata<ChecksKeysItself>() is not null).Select(Pattern);
        string[] expected =
        [
            .. RouteTable.All.Select(route => route.Path),
            "/upstream/{**path}",
            "/v1/models",
            "/v1/models/{**name}",
            "/v1/stream/{**conversation}",
            "/v1/streams/lookup",
        ];
        Assert.Equal(expected.Distinct().Order(), own.Distinct().Order());
    }

    // one that somebody forgets to name is closed, not open; so is one that asks for anybody who is known
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RouteWithoutAPolicy_IsForAdministrators(bool wantsSomebody)
    {
        var builder = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/secret/{id}"), 0);
        if (wantsSomebody)
            builder.Metadata.Add(new AuthorizeAttribute());
        AccessRules.AddTo(builder);
        Assert.Equal(wantsSomebody ? 1 : 0, builder.Metadata.Count);
        Assert.True(await MayAsync(builder.Build(), Scope.Admin));
        Assert.False(await MayAsync(builder.Build(), Scope.Read));
        Assert.False(await MayAsync(builder.Build(), Scope.Inference));
        Assert.False(await MayAsync(builder.Build(), null));
    }

    // a page or file whose path is free goes by the path that is asked
    [Theory]
    [InlineData("/api/models.json", false)]
    [InlineData("/_blazor/models.json", false)]
    [InlineData("/models.json", true)]
    public async Task RouteOfAnyPath_OpensNoAreaThatIsGuarded(string path, bool isOpen)
    {
        var builder = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/{**path:file}"), 0);
        AccessRules.AddTo(builder);
        Assert.Equal(isOpen, await MayAsync(builder.Build(), null, path));
    }

    [Fact]
    public async Task Caller_IsTheKey_WithItsNameAndScopes()
    {
        Assert.Equal(("this machine", "admin", null), await CallerAsync(null));
        using var made = await app.Http.PostAsJsonAsync("/api/keys", new { name = "two", scopes = new[] { "inference", "read" } });
        var key = await made.Content.ReadFromJsonAsync<JsonElement>();
        var (id, secret) = (key.GetProperty("id").GetInt64(), key.GetProperty("secret").GetString());
        Assert.Equal(("two", "inference,read", id), await CallerAsync(secret));
        Assert.Null(await CallerAsync(null));
        Assert.Null(await CallerAsync("lb-unknown"));
    }

    private static string Pattern(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    private static string Area(RouteEndpoint route) => Pattern(route).Split('/')[1].ToLowerInvariant();

    private static bool IsForAll(RouteEndpoint route) => route.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static string? PolicyOf(RouteEndpoint route) => route.Metadata.GetMetadata<IAuthorizeData>()?.Policy;

    private async Task<bool> MayAsync(Endpoint endpoint, string? scope, string path = "/secret/1")
    {
        var context = new DefaultHttpContext { RequestServices = app.Services };
        (context.Request.Method, context.Request.Path) = ("GET", path);
        context.SetEndpoint(endpoint);
        var policies = app.Services.GetRequiredService<IAuthorizationPolicyProvider>();
        var policy = await AuthorizationPolicy.CombineAsync(policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>());
        var caller = new ClaimsPrincipal(scope is null ? new ClaimsIdentity() : new ClaimsIdentity([new("scope", scope)], KeyScheme.Name));
        var judged = await app.Services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(caller, context, policy!);
        return judged.Succeeded;
    }

    private async Task<(string? Name, string Scopes, long? Id)?> CallerAsync(string? secret)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        (context.Request.Method, context.Request.Path) = ("GET", "/api/models");
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        if (secret is not null)
            context.Request.Headers.Authorization = "Bearer " + secret;
        var shown = await context.AuthenticateAsync(KeyScheme.Name);
        return shown.Principal is not { } caller
            ? null
            : (caller.Identity!.Name, string.Join(',', caller.FindAll("scope").Select(claim => claim.Value)), KeyScheme.KeyIdOf(caller));
    }
}
