using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Simulator;

namespace LlamaBlazor.Tests.Integration.Simulator;

/// <summary>The simulated engine says what the real one says, in the same form.</summary>
public sealed class SimulatedEngineTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [Fact]
    public async Task Version_IsOnStandardError_AsTheRealOnes()
    {
        var (code, _, error) = await RunAsync("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^version: \d+ \(\w+\)\nbuilt with ", error);
    }

    [Fact]
    public async Task Help_ListsEveryFlag()
    {
        var (code, help, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        var words = help.Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var missing = SimulatedOption
            .All.SelectMany(option => option.Names.Concat(option.Negations))
            .Where(name => !words.Contains(name))
            .ToList();
        Assert.Empty(missing);
        Assert.Contains("-c,    --ctx-size N                     ", help);
    }

    [Theory]
    [InlineData("error: invalid argument: --frobnicate", "--frobnicate")]
    [InlineData("error: invalid argument: --ctx-size=4", "--ctx-size=4")]
    [InlineData("error while handling argument \"--ctx-size\": stoi", "--ctx-size", "many")]
    [InlineData("error while handling argument \"--temp\": expected value for argument", "--temp")]
    [InlineData("error while handling argument \"--split-mode\": invalid value", "--split-mode", "sideways")]
    [InlineData("error while handling argument \"--draft-max\": the argument has been removed.", "--draft-max", "3")]
    public async Task BadArguments_AreRefused_InTheRealWords(string words, params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.StartsWith(words, error);
    }

    [LinuxFact]
    public async Task WhileLoading_EveryPathIs503()
    {
        var model = await app.AddModelAsync("never-ready");
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.BaseUrl is not null, "a process");
        using var http = EngineClient.Of(app.Board.Find(model));
        HttpResponseMessage? answer = null;
        await Until.TrueAsync(
            async () => (answer = await TryGetAsync(http, app.Board.Find(model)?.BaseUrl + "/props")) is not null,
            "an answer"
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer!.StatusCode);
        Assert.Contains("Loading model", await answer.Content.ReadAsStringAsync());
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task Chat_Streams_TimingsAndUsage_WhereTheRealOneHasThem()
    {
        var (http, url) = await StartAsync("load-ms=0", "tps=2000");
        var body = new
        {
            messages = new[] { new { role = "user", content = "Hello there" } },
            max_tokens = 5,
            stream = true,
            stream_options = new { include_usage = true },
        };
        using var answer = await http.PostAsJsonAsync(url + "/v1/chat/completions", body);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(9, events.Length); // role, 5 tokens, finish, usage, [DONE]
        Assert.Equal("data: [DONE]", events[^1]);
        var usage = JsonDocument.Parse(events[^2]["data: ".Length..]).RootElement;
        Assert.Equal(0, usage.GetProperty("choices").GetArrayLength());
        Assert.Equal(5, usage.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(5, usage.GetProperty("timings").GetProperty("predicted_n").GetInt32());
    }

    [LinuxFact]
    public async Task OtherPaths_Answer_InTheRealShapes()
    {
        var (http, url) = await StartAsync("load-ms=0", "tps=2000");
        var native = await PostAsync(http, url + "/completion", new { prompt = "Hello", n_predict = 3 });
        Assert.Equal(("limit", 3), (native.GetProperty("stop_type").GetString(), native.GetProperty("tokens_predicted").GetInt32()));
        var text = await PostAsync(http, url + "/v1/completions", new { prompt = "Hello", max_tokens = 3 });
        Assert.Equal(3, text.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(
            3,
            (await PostAsync(http, url + "/tokenize", new { content = "one two, " })).GetProperty("tokens").GetArrayLength() - 1
        );
        var slots = await http.GetFromJsonAsync<JsonElement>(url + "/slots");
        Assert.Contains(
            slots.EnumerateArray(),
            slot => slot.TryGetProperty("id_task", out _) && slot.GetProperty("next_token").ValueKind == JsonValueKind.Array
        );
        Assert.Contains("llamacpp:tokens_predicted_total", await http.GetStringAsync(new Uri(url + "/metrics")));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(url + "/nothing"))).StatusCode);
    }

    [LinuxFact]
    public async Task StreamThatDies_BreaksOff()
    {
        var (http, url) = await StartAsync("load-ms=0", "tps=2000", "die-after-tokens=3");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.PostAsJsonAsync(url + "/v1/completions", new { prompt = "Hello", stream = true })
        );
    }

    [LinuxFact]
    public async Task ErrorStatus_IsAnswered()
    {
        var (http, url) = await StartAsync("load-ms=0", "error-status=500");
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await http.PostAsJsonAsync(url + "/completion", new { prompt = "Hello" })).StatusCode
        );
    }

    private async Task<(HttpClient Http, string Url)> StartAsync(params string[] faults)
    {
        var engine = await app.StartAsync(await app.AddModelAsync(faults));
        return (EngineClient.Of(engine), engine.BaseUrl!);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string url, object body)
    {
        using var answer = await http.PostAsJsonAsync(url, body);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>())!;
    }

    private static async Task<HttpResponseMessage?> TryGetAsync(HttpClient http, string url)
    {
        try
        {
            return Uri.IsWellFormedUriString(url, UriKind.Absolute) ? await http.GetAsync(new Uri(url)) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (program, prefix) = OwnProgram.Find();
        using var process = Process.Start(
            new ProcessStartInfo(program, [.. prefix, OwnProgram.SimulatorWord, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
