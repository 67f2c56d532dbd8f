using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Shell;

/// <summary>What cannot be read is answered with the place, the field or the parameter, on every route.</summary>
public sealed class BadRequestTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task AFieldThatARouteDoesNotHave_IsRefusedByItsName_OnEachRoute()
    {
        const string Field = "no_such_field";
        var routes = app
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
            .Select(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0], PathOf(endpoint.RoutePattern.RawText!))
            )
            .Append(("POST", "/api/database/restore"))
            .ToList();
        var named = 0;
        foreach (var (method, path) in routes)
        {
            using var answer = await SendAsync(method, path, $$"""{"{{Field}}": 1}""");
            Assert.False(answer.IsSuccessStatusCode, $"{method} {path}");
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.NotFound)
                continue; // an open object, of a thing that it does not know
            Assert.True(
                answer.StatusCode == HttpStatusCode.UnprocessableEntity && text.Contains(Field, StringComparison.Ordinal),
                $"{method} {path}: {text}"
            );
            named++;
        }

        Assert.True(named > 20, $"{named}");
    }

    [Theory]
    [InlineData("/api/keys", """{"name":"adm","scope":"admin"}""", "scope")]
    [InlineData("/api/models/import-command", """{"command":"llama-server -m /x.gguf","dryrun":true}""", "dryrun")]
    [InlineData("/api/aliases", """{"name":"other","model":"any","nope":1}""", "nope")]
    [InlineData("/api/images/import", """{"images":[{"image":"a","tags":["b"],"tag":"c"}]}""", "images[0].tag")]
    public async Task AnUnknownField_ChangesNothing(string path, string body, string field)
    {
        using var answer = await SendAsync("POST", path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(field, Assert.Single(errors.EnumerateObject()).Name);
        foreach (var list in new[] { "/api/keys", "/api/models", "/api/aliases" })
            Assert.Equal(0, (await app.GetAsync(list)).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task WhatIsAnswered_MayBeSentBack()
    {
        using var answer = await SendAsync("PUT", "/api/launch-settings", (await app.GetAsync("/api/launch-settings")).GetRawText());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ABodyThatIsNoJson_IsToldOnEachRoute()
    {
        var routes = app
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                    .Where(method => method is "POST" or "PUT" or "PATCH")
                    .Select(method => (method, path: PathOf(endpoint.RoutePattern.RawText!)))
            )
            .Where(route =>
                !route.path.StartsWith("/api/database/", StringComparison.Ordinal)
                && !route.path.EndsWith("/scan", StringComparison.Ordinal)
            )
            .ToList(); // operations without a body
        Assert.True(routes.Count > 30);
        foreach (var (method, path) in routes)
        {
            using var answer = await SendAsync(method, path, "{\n nonsense }");
            if (answer.StatusCode != HttpStatusCode.BadRequest)
                continue; // it reads no body, or does not know the thing
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(
                problem.GetProperty("detail").GetString()!.StartsWith("The body is not JSON: line 2, byte ", StringComparison.Ordinal),
                $"{method} {path}: {problem}"
            );
        }

        foreach (
            var path in new[]
            {
                "/api/models",
                "/api/allocations",
                "/api/projects",
                "/api/keys",
                "/api/templates",
                "/api/aliases",
                "/api/images",
            }
        )
        {
            using var answer = await SendAsync("POST", path, "{\n nonsense }");
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task AFieldOfTheWrongKind_AParameter_AndAMissingBody_AreNamed()
    {
        await ExpectAsync(
            "POST",
            "/api/projects",
            """{"project_path":"p","max_gpus":"many"}""",
            HttpStatusCode.BadRequest,
            "The field max_gpus has a value of the wrong kind",
            "max_gpus"
        );
        await ExpectAsync("GET", "/api/models?limit=many", null, HttpStatusCode.BadRequest, "many", null);
        using var text = await app.Http.PostAsync("/api/projects", new StringContent("x", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        Assert.Contains(
            "Content-Type: application/json",
            (await text.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()
        );
    }

    private async Task ExpectAsync(string method, string path, string? body, HttpStatusCode status, string words, string? field)
    {
        using var answer = await SendAsync(method, path, body);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.StatusCode == status, problem.ToString());
        Assert.Contains(words, problem.GetProperty("detail").GetString());
        if (field is not null)
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await app.Http.SendAsync(request);
    }

    private static string PathOf(string pattern) =>
        "/" + System.Text.RegularExpressions.Regex.Replace(pattern.Trim('/'), @"\{[^}]*\}", "1");
}
