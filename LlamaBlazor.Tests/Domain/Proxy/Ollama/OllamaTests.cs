using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Proxy.Ollama;

namespace LlamaBlazor.Tests.Domain.Proxy.Ollama;

public sealed class OllamaTests
{
    [Fact]
    public void Chat_BecomesOpenAis_WithItsOptions()
    {
        var call = Read(
            OllamaVerb.Chat,
            """
            {"model":"m:latest","messages":[{"role":"user","content":"what?","images":["/9j/abc"]}],"format":"json","think":false,"keep_alive":"1h30m",
             "options":{"num_predict":7,"temperature":0.5,"top_k":3,"seed":18446744073709551615,"stop":["a","b"],"num_ctx":4096,"num_keep":2}}
            """
        );
        Assert.Equal(("m:latest", "m", TimeSpan.FromMinutes(90)), (call.Model, call.Name, call.KeepAlive));
        Assert.Equal(
            """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/abc"}}]}],"temperature":0.5,"top_k":3,"seed":18446744073709551615,"stop":["a","b"],"n_keep":2,"max_tokens":7,"response_format":{"type":"json_object"},"chat_template_kwargs":{"enable_thinking":false}}""",
            Encoding.UTF8.GetString(call.Body)
        );
    }

    [Fact]
    public void Tools_GetIdsAndTextArguments_AndResultsFindTheirCalls()
    {
        var call = Read(
            OllamaVerb.Chat,
            """
            {"model":"m","stream":false,"tools":[{"type":"function","function":{"name":"f"}}],"messages":[
             {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"g","arguments":{}}}]},
             {"role":"tool","tool_name":"f","content":"one"},{"role":"tool","tool_name":"g","content":"two"}]}
            """
        );
        var body = JsonNode.Parse(call.Body)!;
        Assert.Equal(
            """{"id":"call_0","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}""",
            body["messages"]![0]!["tool_calls"]![0]!.ToJsonString(Relaxed)
        );
        Assert.Equal(["call_0", "call_1"], body["messages"]!.AsArray().Skip(1).Select(message => message!["tool_call_id"]!.ToString()));
        Assert.Equal("f", body["tools"]![0]!["function"]!["name"]!.ToString());
        Assert.False((bool)body["stream"]!);
    }

    [Theory]
    [InlineData(
        """{"model":"m","prompt":"p","system":"s"}""",
        "/v1/chat/completions",
        """[{"role":"system","content":"s"},{"role":"user","content":"p"}]""",
        "messages"
    )]
    [InlineData("""{"model":"m","prompt":"p","raw":true}""", "/v1/completions", "\"p\"", "prompt")]
    [InlineData("""{"model":"m","prompt":"p","suffix":"z"}""", "/infill", "\"z\"", "input_suffix")]
    [InlineData(
        """{"model":"m","prompt":"p","format":{"type":"object"}}""",
        "/v1/chat/completions",
        """{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}""",
        "response_format"
    )]
    public void Generate_TakesTheRouteThatFits(string json, string path, string value, string field)
    {
        var call = Read(OllamaVerb.Generate, json);
        Assert.Equal(path, call.Route.Path);
        Assert.Equal(value, JsonNode.Parse(call.Body)![field]!.ToJsonString(Relaxed));
    }

    [Theory]
    [InlineData(OllamaVerb.Chat, """{"model":"m"}""")]
    [InlineData(OllamaVerb.Chat, """{"model":"m","messages":[]}""")]
    [InlineData(OllamaVerb.Generate, """{"model":"m","keep_alive":-1}""")]
    [InlineData(OllamaVerb.Embed, """{"model":"m"}""")]
    public void NothingAsked_OnlyLoads(OllamaVerb verb, string json) => Assert.True(Read(verb, json).LoadsOnly);

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "model")]
    [InlineData("{\"model\":3}", "model")]
    public void BadRequests_SayWhatIsWrong(string json, string word) =>
        Assert.Contains(word, OllamaRequest.Read(OllamaVerb.Chat, Encoding.UTF8.GetBytes(json), _ => true).Failure!.Message);

    [Theory]
    [InlineData("30", 30)]
    [InlineData("0", 0)]
    [InlineData("-5", -1)]
    [InlineData("\"5m\"", 300)]
    [InlineData("\"1h1m1s\"", 3661)]
    [InlineData("\"500ms\"", 0.5)]
    [InlineData("\"-1\"", -1)]
    [InlineData("\"-1m\"", -1)]
    public void KeepAlive_IsRead(string json, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), OllamaDuration.Read(JsonNode.Parse(json)));

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("\"5x\"")]
    [InlineData("true")]
    [InlineData("\"NaN\"")]
    public void KeepAlive_ThatIsNone_SaysNothing(string json) => Assert.Null(OllamaDuration.Read(JsonNode.Parse(json)));

    [Fact]
    public void Stream_BecomesLines_WithTheFiguresLast()
    {
        var answer = Answer(
            OllamaVerb.Chat,
            new GenerationUsage
            {
                PromptTokens = 5,
                GeneratedTokens = 2,
                PromptMs = 1.5,
                GenerationMs = 2,
                FinishReason = "length",
            }
        );
        var lines = Lines(
            answer,
            """{"choices":[{"delta":{"role":"assistant","content":null}}]}""",
            """{"choices":[{"delta":{"reasoning_content":"hm"}}]}""",
            """{"choices":[{"delta":{"content":"Hi"}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{\"a\""}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"length"}]}""",
            """{"choices":[],"usage":{}}""",
            "[DONE]",
            "[DONE]"
        );
        Assert.Equal(3, lines.Count);
        Assert.Equal(("hm", "Hi"), (lines[0]["message"]!["thinking"]!.ToString(), lines[1]["message"]!["content"]!.ToString()));
        var last = lines[2];
        Assert.Equal("""[{"function":{"name":"f","arguments":{"a":1}}}]""", last["message"]!["tool_calls"]!.ToJsonString());
        Assert.Equal(
            (true, "length", 5, 2, 1_500_000, 2_000_000, 10_000_000),
            (
                (bool)last["done"]!,
                last["done_reason"]!.ToString(),
                (int)last["prompt_eval_count"]!,
                (int)last["eval_count"]!,
                (int)last["prompt_eval_duration"]!,
                (int)last["eval_duration"]!,
                (int)last["total_duration"]!
            )
        );
    }

    [Fact]
    public void ErrorEvent_EndsTheLines() =>
        Assert.Equal(
            "boom",
            Assert.Single(Lines(Answer(OllamaVerb.Chat), """{"error":{"message":"boom","code":500}}""", "[DONE]"))["error"]!.ToString()
        );

    [Fact]
    public void NativeStream_EndsWithItsLastEvent()
    {
        var lines = Lines(Answer(OllamaVerb.Generate), """{"content":"a","stop":false}""", """{"content":"","stop":true}""");
        Assert.Equal(["a", ""], lines.Select(line => line["response"]!.ToString()));
        Assert.True((bool)lines[1]["done"]!);
    }

    [Fact]
    public void WholeAnswers_AreTranslated()
    {
        Assert.Equal(
            "hello",
            Whole(OllamaVerb.Chat, 200, """{"choices":[{"message":{"content":"hello"}}]}""")["message"]!["content"]!.ToString()
        );
        Assert.Equal("hello", Whole(OllamaVerb.Generate, 200, """{"choices":[{"text":"hello"}]}""")["response"]!.ToString());
        Assert.Equal("[[1,2]]", Whole(OllamaVerb.Embed, 200, """{"data":[{"embedding":[1,2]}]}""")["embeddings"]!.ToJsonString());
        Assert.Equal("[1,2]", Whole(OllamaVerb.Embedding, 200, """{"data":[{"embedding":[1,2]}]}""")["embedding"]!.ToJsonString());
        Assert.Equal("bad", Whole(OllamaVerb.Chat, 400, """{"error":{"message":"bad"}}""")["error"]!.ToString());
        Assert.Equal("The engine answered 502.", Whole(OllamaVerb.Chat, 502, "<html>")["error"]!.ToString());
    }

    private static JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static OllamaCall Read(OllamaVerb verb, string json) =>
        OllamaRequest.Read(verb, Encoding.UTF8.GetBytes(json), name => name == "m").Value;

    private static OllamaAnswer Answer(OllamaVerb verb, GenerationUsage? usage = null) =>
        new(
            Read(verb, """{"model":"m","prompt":"p","input":"p","messages":[{"role":"user","content":"p"}]}"""),
            () => new OllamaFigures(usage, 10, 0),
            TimeProvider.System
        );

    private static JsonNode Whole(OllamaVerb verb, int status, string json) =>
        JsonNode.Parse(Answer(verb).Whole(status, Encoding.UTF8.GetBytes(json)))!;

    private static List<JsonNode> Lines(OllamaAnswer answer, params string[] events) =>
        [
            .. events
                .Select(text => answer.Line(Encoding.UTF8.GetBytes(text)))
                .OfType<byte[]>()
                .SelectMany(bytes => Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Select(line => JsonNode.Parse(line)!),
        ];
}
