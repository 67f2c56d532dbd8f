using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Simulator;

/// <summary>The simulated engine answers every route, with content that is right where the request says what it must be.</summary>
public sealed class SimulatedRoutesTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task EveryRouteOfTheTable_IsKnown()
    {
        var (http, url) = await StartAsync("serve-all");
        foreach (var route in RouteTable.All.Where(route => route.Kind is not RouteKind.Media))
        {
            var path = RouteTable.UpstreamPath(route, route.Path.Replace("{slot:int}", "0", StringComparison.Ordinal));
            // llama-server has no such route: audio and pictures are other servers', and the last two it has with their version only.
            if (path is "/v1/audio/voices" or "/sdapi/v1/loras" or "/messages" or "/messages/count_tokens")
                continue;
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), url + path);
            request.Content = route.Method == "POST" ? JsonContent.Create(new { }) : null;
            using var answer = await http.SendAsync(request);
            Assert.True(answer.StatusCode is not HttpStatusCode.NotFound, $"{route.Method} {path}");
        }
    }

    [LinuxFact]
    public async Task Stream_EndsTheConnection_ThoughItPromisesToKeepIt()
    {
        var (http, url) = await StartAsync();
        var plain = await RawAsync(http, url, "/completion", """{"prompt":"Hi","n_predict":2}""");
        var stream = await RawAsync(http, url, "/completion", """{"prompt":"Hi","n_predict":2,"stream":true}""");
        var promise = KeyValuePair.Create("Keep-Alive", "timeout=5, max=100");
        Assert.All([plain, stream], answer => Assert.Contains(promise, answer.Headers));
        Assert.All([plain, stream], answer => Assert.DoesNotContain(answer.Headers, header => header.Key is "Connection" or "Date"));
        Assert.Equal((false, true), (plain.IsClosed, stream.IsClosed));
    }

    [LinuxFact]
    public async Task Embeddings_AreTheSame_InFloatAndBase64()
    {
        var (http, url) = await StartAsync("serve-all");
        var plain = await PostAsync(http, url + "/v1/embeddings", """{"input":["one","two"]}""");
        var packed = await PostAsync(http, url + "/v1/embeddings", """{"input":["one","two"],"encoding_format":"base64"}""");
        for (var i = 0; i < 2; i++)
        {
            var numbers = plain.GetProperty("data")[i].GetProperty("embedding").Deserialize<float[]>()!;
            var bytes = packed.GetProperty("data")[i].GetProperty("embedding").GetBytesFromBase64();
            Assert.Equal(numbers, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
            Assert.Equal(1.0, numbers.Sum(number => (double)number * number), 5);
        }
    }

    [LinuxTheory]
    [InlineData(
        """{"properties":{"n":{"type":"string","maxLength":2},"a":{"type":"integer","minimum":9},"t":{"items":{"const":1}}}}""",
        """{"n":"si","a":9,"t":[1]}"""
    )]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"next":{"anyOf":[{"type":"null"},{"const":3}]}}}}}""", """{"next":3}""")]
    [InlineData("""{"type":"string","pattern":"^[a-c]{2}-\\d+$"}""", "\"aa-0\"")]
    [InlineData("""{"type":["null","number"],"exclusiveMinimum":2}""", "2.5")]
    [InlineData(
        """{"allOf":[{"properties":{"a":{"type":"boolean"}}},{"properties":{"b":{"type":"string","format":"date"}}}]}""",
        """{"a":true,"b":"2026-01-31"}"""
    )]
    public async Task Schema_IsFollowed(string schema, string expected)
    {
        var (http, url) = await StartAsync();
        const string Chat = """{"messages":[],"response_format":{"type":"json_schema","json_schema":{"schema":SCHEMA}}}""";
        var chat = Chat.Replace("SCHEMA", schema, StringComparison.Ordinal);
        var answer = (await PostAsync(http, url + "/v1/chat/completions", chat)).GetProperty("choices")[0];
        Assert.Equal(expected, answer.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", answer.GetProperty("finish_reason").GetString());
        var text = """{"input":"Hi","text":{"format":{"type":"json_schema","schema":SCHEMA}}}""".Replace(
            "SCHEMA",
            schema,
            StringComparison.Ordinal
        );
        var response = await PostAsync(http, url + "/v1/responses", text);
        Assert.Equal(expected, response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    [LinuxFact]
    public async Task SchemaThatContainsItself_Ends()
    {
        var (http, url) = await StartAsync();
        const string Tree = """{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"items":{"$ref":"#"}}},"required":["a","b"]}""";
        var answer = await PostAsync(http, url + "/completion", $$"""{"prompt":"Hi","json_schema":{{Tree}}}""");
        Assert.StartsWith("""{"a":{"a":{""", answer.GetProperty("content").GetString());
    }

    [LinuxTheory]
    [InlineData("root ::= \"yes\" | \"no\"", "yes")]
    [InlineData("root ::= item+ \"!\"\n# a comment\nitem ::= root | [0-9]{3} \" \"?", "000!")]
    [InlineData("root ::= (\"a\" | \"b\") [^a-y]\n  \"end\"", "a!end")]
    public async Task Grammar_IsFollowed(string grammar, string expected)
    {
        var (http, url) = await StartAsync();
        var body = JsonSerializer.Serialize(new { prompt = "Hi", grammar });
        Assert.Equal(expected, (await PostAsync(http, url + "/completion", body)).GetProperty("content").GetString());
    }

    [LinuxFact]
    public async Task Tokens_LeadBackToTheirText()
    {
        var (http, url) = await StartAsync();
        const string Text = "Zwölf Boxkämpfer: 12, \"quick\" 🦊 foxes\n";
        var tokens = (await PostAsync(http, url + "/tokenize", JsonSerializer.Serialize(new { content = Text }))).GetProperty("tokens");
        var back = await PostAsync(http, url + "/detokenize", JsonSerializer.Serialize(new { tokens }));
        Assert.Equal(Text, back.GetProperty("content").GetString());
    }

    [LinuxTheory]
    [InlineData(
        "/v1/chat/completions",
        """{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{TOOL,"parameters":SCHEMA}}]}""",
        "\"finish_reason\":\"tool_calls\""
    )]
    [InlineData(
        "/v1/messages",
        """{"max_tokens":50,"messages":[{"role":"user","content":"Hi"}],"tools":[{TOOL,"input_schema":SCHEMA}]}""",
        "\"input\":{\"city\":\"simulated\"}"
    )]
    [InlineData("/v1/responses", """{"input":"Hi","tools":[{"type":"function",TOOL,"parameters":SCHEMA}]}""", "\"type\":\"function_call\"")]
    public async Task Tool_IsCalled_InEachForm(string path, string body, string part)
    {
        var (http, url) = await StartAsync();
        var text = body.Replace("TOOL", "\"name\":\"weather\"", StringComparison.Ordinal)
            .Replace("SCHEMA", """{"type":"object","properties":{"city":{"type":"string"}}}""", StringComparison.Ordinal);
        Assert.Contains(part, (await PostAsync(http, url + path, text)).GetRawText());
        var stream = await RawAsync(http, url, path, text[..^1] + ",\"stream\":true}");
        Assert.Contains("\"name\":\"weather\"", stream.Body);
        Assert.Contains("""{\"city\":\"simulated\"}""", stream.Body);
    }

    [LinuxFact]
    public async Task StopText_EndsTheAnswer()
    {
        var (http, url) = await StartAsync();
        var answer = await PostAsync(http, url + "/completion", """{"prompt":"Hi","stop":["from"]}""");
        Assert.Equal("This answer comes ", answer.GetProperty("content").GetString());
        Assert.Equal(("word", "from"), (answer.GetProperty("stop_type").GetString(), answer.GetProperty("stopping_word").GetString()));
    }

    private async Task<(HttpClient Http, string Url)> StartAsync(params string[] faults)
    {
        var engine = await app.StartAsync(await app.AddModelAsync(["load-ms=0", "tps=100000", .. faults]));
        return (EngineClient.Of(engine), engine.BaseUrl!);
    }

    private static Task<RawAnswer> RawAsync(HttpClient http, string url, string path, string body) =>
        RawHttp.SendAsync(
            new Uri(url).Port,
            "POST",
            path,
            new Dictionary<string, string> { ["Authorization"] = $"{http.DefaultRequestHeaders.Authorization}" },
            body
        );

    private static async Task<JsonElement> PostAsync(HttpClient http, string url, string body)
    {
        using var content = new StringContent(body);
        using var answer = await http.PostAsync(new Uri(url), content);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>())!;
    }
}
