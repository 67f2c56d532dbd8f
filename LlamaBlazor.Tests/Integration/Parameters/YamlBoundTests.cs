using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Parameters.Import.Yaml;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>YAML of others has bounds before it becomes a tree: nothing it says ends or holds up the process.</summary>
public sealed class YamlBoundTests(AppFixture app) : IClassFixture<AppFixture>
{
    public static TheoryData<string, string> Bombs =>
        new()
        {
            { "models:\n  ? &x [*x]\n  : {cmd: y}\n", "key must be a text" },
            { "models:\n  a: &x\n    cmd: *x\n", "ended before it" },
            { "models:\n  a: {cmd: " + new string('[', 50_000) + new string(']', 50_000) + "}\n", "nested deeper" },
            { "models: " + string.Concat(Enumerable.Repeat("{a: ", 5_000)), "nested deeper" },
            { "models:\n" + string.Concat(Enumerable.Range(0, 500).Select(i => new string(' ', i + 1) + "a:\n")), "nested deeper" },
            { "models:\n" + string.Concat(Enumerable.Repeat("- ", 50_000)) + "x\n", "nested deeper" },
            { Laughs("models"), "With its aliases" },
            { Laughs("? *a8\n: x\nmodels"), "With its aliases" },
            { "a: &a [x]\nmodels:\n  ? *a\n  : {cmd: y}\n", "key must be a text" },
            { "models:\n  a: {cmd: x}\nb: [" + string.Concat(Enumerable.Repeat("1,", 60_000)) + "1]\n", "more than 50,000 values" },
            { "models:\n  a: {cmd: \"" + new string('x', 300_000) + "\"}\n", "more than 256,000 characters" },
            { "models:\n  a: {cmd: x}\n  a: {cmd: y}\n", "stands twice" },
            { "models:\n  a: *nobody\n", "ended before it" },
            { "models:\n  a: &a {cmd: x}\n---\nmodels:\n  b: *a\n", "ended before it" },
            { "models: {}\n" + string.Concat(Enumerable.Repeat("---\na\n", 200)), "more than 100 documents" },
            { "models:\n  a:\n    <<: 5\n", "takes a mapping" },
            { "models: [unclosed", "not YAML" },
            { "models: \"\\u{110000}\"", "not YAML" },
            { "models:\n\t- x: %", "not YAML" },
            { "models: !!binary [", "not YAML" },
            { "models:\n  - &" + new string('a', 100_000) + "\n  : *", "not YAML" },
        };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Bomb_Is422_WithWords(string text, string words)
    {
        var answer = await app.Http.PostAsJsonAsync("/api/presets/import", new { text, dry_run = true });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(
            words,
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("text")[0].GetString()
        );
    }

    [Theory]
    [InlineData("[*]\n{0}[a]\nmodel = /m\n", "k = 1\n", 2_000)]
    [InlineData("{0}", "[a{1}]\nmodel = /m\n", 1_500)]
    [InlineData("[a]\n{0}", "nonsense\n", 5_000)]
    [InlineData("[a]\n{0}", "\n", 60_000)]
    public async Task Preset_HasBounds(string frame, string part, int count)
    {
        var text = frame.Replace(
            "{0}",
            string.Concat(Enumerable.Range(0, count).Select(i => part.Replace("{1}", i.ToString()))),
            StringComparison.Ordinal
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await app.Http.PostAsJsonAsync("/api/presets/import", new { text, dry_run = true })).StatusCode
        );
    }

    [Fact]
    public async Task MacrosOfManyModels_HaveOneBound()
    {
        var yaml =
            "macros:\n  big: "
            + new string('x', 200_000)
            + "\nmodels:\n"
            + string.Concat(Enumerable.Range(0, 200).Select(i => $"  m{i}: {{cmd: \"llama-server -m /m/${{big}}\"}}\n"));
        var answer = await app.Http.PostAsJsonAsync("/api/presets/import", new { text = yaml, dry_run = true });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("models").GetArrayLength(), 1, 60);
    }

    [Fact]
    public void MergeKeysAndAliases_AreRead()
    {
        var root = (YamlMap)
            YamlReader
                .Read(
                    """
                    x-base: &base
                      ttl: 5
                      env: [A=1]
                    x-more: &more {ttl: 6, cmd: other}
                    models:
                      one:
                        <<: *base
                        cmd: >
                          llama-server
                          -m a # note
                          -c 5
                      two: {<<: [*base, *more], ttl: 7}
                    """,
                    TimeProvider.System
                )
                .Value[0];
        var (one, two) = (root.Map("models")!.Map("one")!, root.Map("models")!.Map("two")!);
        Assert.Equal(("5", "A=1"), (one.Text("ttl"), Assert.Single(one.Texts("env"))));
        Assert.Equal("llama-server\n-m a # note\n-c 5", ((YamlText)one["cmd"]!).Lines);
        Assert.Equal(("7", "other", "A=1"), (two.Text("ttl"), two.Text("cmd"), Assert.Single(two.Texts("env"))));
    }

    [Fact]
    public void Cancellation_EndsTheReading()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => YamlReader.Read("a: b", TimeProvider.System, cancelled.Token));
    }

    private static string Laughs(string end)
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 9; i++)
            text += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        return text + end + ":\n  m: {cmd: x}\n";
    }
}
