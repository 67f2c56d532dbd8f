using System.Text;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class UsageReaderTests
{
    private const string ChatStream =
        "data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n"
        + ": keep-alive\r\n\r\n"
        + "data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"content\":\"He said \\\"usage\\\" ü\"}}]}\r\n\r\n"
        + "data: {\"choices\":[{\"finish_reason\": "
        + "\"length\",\"index\":0,\"delta\":{}}],\"timings\":{\"cache_n\":3,\"prompt_n\":7,\"prompt_ms\":20.5,\"prompt_per_second\":341.4,\"predicted_n\":2,\"predicted_ms\":10,\"predicted_per_second\":200,\"draft_n\":4,\"draft_n_accepted\":1}}\r\n\r\n"
        + "data: {\"choices\":[],\"usage\":{\"completion_tokens\":2,\"prompt_tokens\":10,\"total_tokens\":12,"
        + "\"prompt_tokens_details\":{\"cached_tokens\":3}}}\r\n\r\n"
        + "data: [DONE]\r\n\r\n";

    [Fact]
    public void ChatStream_SplitAtEveryByte_GivesTheSameUsage()
    {
        var bytes = Encoding.UTF8.GetBytes(ChatStream);
        for (var at = 0; at <= bytes.Length; at++)
        {
            var reader = Read(streamed: true, bytes[..at], bytes[at..]);
            Assert.Equal((10, 2, 3), (reader.Usage.PromptTokens, reader.Usage.GeneratedTokens, reader.Usage.CachedTokens));
            Assert.Equal(
                (4, 1, 20.5, 10.0, 200.0),
                (
                    reader.Usage.DraftTokens,
                    reader.Usage.DraftAcceptedTokens,
                    reader.Usage.PromptMs,
                    reader.Usage.GenerationMs,
                    reader.Usage.TokensPerSecond
                )
            );
            Assert.Equal(("length", 4, true), (reader.Usage.FinishReason, reader.Events, reader.Usage.Finished));
        }
    }

    [Theory]
    [InlineData("{\"timings\":{\"predicted_n\":5,\"predicted_per_second\":nan,\"prompt_n\":4}}")]
    [InlineData("{\"timings\":{\"predicted_per_second\":-Infinity,\"predicted_n\":5,\"prompt_n\":4}}")]
    [InlineData("{\"text\":\"inf \\\" nan\",\"timings\":{\"predicted_per_second\":inf,\"predicted_n\":5,\"prompt_n\":4}}")]
    [InlineData("{\"timings\":{\"predicted_per_second\":1e999,\"predicted_n\":5,\"prompt_n\":4}}")]
    [InlineData("{\"timings\":{\"predicted_per_second\":null,\"predicted_n\":5,\"prompt_n\":4}}")]
    public void Speeds_ThatAreNoNumbers_BecomeUnknown(string json)
    {
        var usage = Read(streamed: false, Encoding.UTF8.GetBytes(json)).Usage;
        Assert.Null(usage.TokensPerSecond);
        Assert.Equal((5, 4), (usage.GeneratedTokens, usage.PromptTokens));
    }

    [Fact]
    public void PlainAnswer_CutAnywhere_NeverThrows()
    {
        var json = Encoding.UTF8.GetBytes(
            "{\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2},\"choices\":[{\"message\":{\"content\":\"ünï\"},\"finish_reason\":\"stop\"}]}"
        );
        for (var length = 0; length < json.Length; length++)
        {
            var usage = Read(streamed: false, json[..length]).Usage;
            Assert.True(usage.PromptTokens is null or 1 or 10);
        }

        Assert.Equal("stop", Read(streamed: false, json).Usage.FinishReason);
    }

    [Fact]
    public void LargeAnswer_KeepsOnlyItsBeginning()
    {
        var reader = new UsageReader(streamed: false);
        reader.Feed("{\"usage\":{\"prompt_tokens\":8},\"data\":[0"u8);
        for (var i = 0; i < UsageReader.BodyLimit / 8; i++)
            reader.Feed(",0.12345678"u8);
        reader.Complete();
        Assert.Equal(8, reader.Usage.PromptTokens);
    }

    [Fact]
    public void Messages_CountCachedTokensIntoThePrompt()
    {
        const string Stream =
            "event: message_start\ndata: "
            + "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":7,\"output_tokens\":0}}}\n\n"
            + "event: message_delta\ndata: "
            + "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":3}}\n\nevent: "
            + "message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        var usage = Read(streamed: true, Encoding.UTF8.GetBytes(Stream)).Usage;
        Assert.Equal(
            (12, 7, 3, "end_turn", true),
            (usage.PromptTokens, usage.CachedTokens, usage.GeneratedTokens, usage.FinishReason, usage.Finished)
        );
    }

    [Fact]
    public void Responses_ReadTheCompletedEvent()
    {
        const string Stream =
            "event: response.completed\ndata: "
            + "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"usage\":{\"input_tokens\":9,\"output_tokens\":4,\"input_tokens_details\":{\"cached_tokens\":2}}}}\n\n";
        var usage = Read(streamed: true, Encoding.UTF8.GetBytes(Stream)).Usage;
        Assert.Equal((9, 2, 4, true), (usage.PromptTokens, usage.CachedTokens, usage.GeneratedTokens, usage.Finished));
    }

    [Fact]
    public void Native_IsFinishedByItsStopType()
    {
        const string Stream =
            "data: {\"content\":\"a\",\"stop\":false}\n\ndata: "
            + "{\"content\":\"\",\"stop\":true,\"stop_type\":\"limit\",\"tokens_predicted\":6,\"tokens_evaluated\":2,\"timings\":{\"predicted_n\":6}}\n\n";
        var usage = Read(streamed: true, Encoding.UTF8.GetBytes(Stream)).Usage;
        Assert.Equal((2, 6, "length", true), (usage.PromptTokens, usage.GeneratedTokens, usage.FinishReason, usage.Finished));
    }

    [Fact]
    public void ErrorEvent_IsKept()
    {
        var reader = Read(streamed: true, "data: {\"error\":{\"code\":500,\"message\":\"out of slots\"}}\n\n"u8.ToArray());
        Assert.Equal("out of slots", reader.Usage.Error);
        Assert.False(reader.Usage.Finished);
    }

    [Fact]
    public void InvalidUtf8_IsNoReasonToFail()
    {
        var reader = Read(
            streamed: true,
            [.. "data: {\"choices\":[{\"delta\":{\"content\":\""u8, 0xFF, 0xC3, .. "\"},\"finish_reason\":\"stop\"}]}\n\n"u8]
        );
        Assert.Equal(1, reader.Events);
        Assert.Equal("stop", reader.Usage.FinishReason);
    }

    [Fact]
    public void Progress_IsNoFirstToken()
    {
        var reader = new UsageReader(streamed: true);
        reader.Feed("data: {\"prompt_progress\":{\"total\":9}}\n\n"u8);
        Assert.False(reader.HasFirstToken);
        reader.Feed("data: {\"choices\":[]}\n\n"u8);
        Assert.True(reader.HasFirstToken);
    }

    private static UsageReader Read(bool streamed, params byte[][] parts)
    {
        var reader = new UsageReader(streamed);
        foreach (var part in parts)
            reader.Feed(part);
        reader.Complete();
        return reader;
    }
}
