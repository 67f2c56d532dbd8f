using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

public sealed class GgufApiTests(GgufApiTests.Library library) : IClassFixture<GgufApiTests.Library>
{
    /// <summary>A model, a split set and one whose file vanished.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            GgufSamples
                .Llama()
                .Add("nan", float.NaN)
                .Add("long", Enumerable.Range(0, 5000).ToArray())
                .Save(Path.Combine(ModelFolder, "m.gguf"));
            GgufSamples.SavePart(ModelFolder, "set", 1, 2);
            GgufSamples.SavePart(ModelFolder, "set", 2, 2);
            var gone = GgufSamples.Llama().Save(Path.Combine(ModelFolder, "gone.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
            File.Delete(gone);
        }
    }

    [Fact]
    public async Task Header_TellsEverything()
    {
        var header = await library.GetAsync("/api/models/m/gguf");
        Assert.Equal(
            (3, "little", 32, 21, 82_240),
            (
                Number(header, "version"),
                header.GetProperty("endianness").GetString(),
                Number(header, "alignment"),
                Number(header, "tensor_count"),
                Number(header, "parameter_count")
            )
        );
        var keys = header.GetProperty("keys").EnumerateArray().ToDictionary(key => key.GetProperty("key").GetString()!);
        Assert.Equal(
            ("u32", 2048),
            (keys["llama.context_length"].GetProperty("type").GetString(), Number(keys["llama.context_length"], "value"))
        );
        Assert.Equal(
            ("i32[]", 5000, 16),
            (
                keys["long"].GetProperty("type").GetString(),
                Number(keys["long"], "count"),
                keys["long"].GetProperty("value").GetArrayLength()
            )
        );
        Assert.Equal("NaN", keys["nan"].GetProperty("value").GetString());
        Assert.Equal(["F16", "F32"], header.GetProperty("types").EnumerateArray().Select(type => type.GetProperty("type").GetString()));
        Assert.Equal([64, 64], header.GetProperty("tensors")[0].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
    }

    [Fact]
    public async Task SplitSet_IsJoined() => Assert.Equal(22, Number(await library.GetAsync("/api/models/set/gguf"), "tensor_count"));

    [Theory]
    [InlineData("keys", 10)]
    [InlineData("tensors", 10)]
    [InlineData("long", 700)]
    public async Task Sections_ArePaged(string section, int limit)
    {
        var seen = 0;
        for (string? after = "0"; after is not null; )
        {
            var page = await library.GetAsync($"/api/models/m/gguf?section={section}&limit={limit}&after={after}");
            seen += page.GetProperty("items").GetArrayLength();
            after = page.GetProperty("next").GetString();
        }

        Assert.Equal(
            section switch
            {
                "keys" => 24,
                "tensors" => 21,
                _ => 5000,
            },
            seen
        );
    }

    [Theory]
    [InlineData("m/gguf?section=nothing", HttpStatusCode.NotFound)]
    [InlineData("m/gguf?limit=0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("m/gguf?section=keys&after=x", HttpStatusCode.UnprocessableEntity)]
    [InlineData("nobody/gguf", HttpStatusCode.NotFound)]
    [InlineData("gone/gguf", HttpStatusCode.Conflict)]
    [InlineData("gone/gguf?section=long", HttpStatusCode.Conflict)]
    public async Task WhatCannotBeAnswered_IsAProblem(string path, HttpStatusCode status)
    {
        var answer = await library.Http.GetAsync($"/api/models/{path}");
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
