using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class SelectionTests
{
    private static readonly string[] Names = ["qwen", "owner/qwen", "owner/qwen/q4", "a b"];

    [Theory]
    [InlineData("qwen/v1/models", "qwen", "/v1/models")]
    [InlineData("owner/qwen/v1/chat", "owner/qwen", "/v1/chat")]
    [InlineData("owner/qwen/q4/", "owner/qwen/q4", "/")]
    [InlineData("owner%2Fqwen%2Fq4/x%2Fy%20z", "owner/qwen/q4", "/x%2Fy%20z")]
    [InlineData("a%20b", "a b", "")]
    [InlineData("other/x", null, null)]
    [InlineData("", null, null)]
    public void Path_IsSplitAfterTheLongestName(string path, string? model, string? rest)
    {
        var split = ModelSelector.FromPath(path, Names.Contains);
        Assert.Equal((model, rest), (split?.Model, split?.Rest));
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=abc", "abc")]
    [InlineData("multipart/form-data; charset=x; boundary=\"a b\"; y=z", "a b")]
    [InlineData("application/json", null)]
    [InlineData("multipart/form-data", null)]
    [InlineData(null, null)]
    public void Boundary_IsRead(string? type, string? boundary) => Assert.Equal(boundary, ModelSelector.Boundary(type));

    [Fact]
    public void Form_GivesTheField_NotTheFile()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; "
                + "filename=\"model\"\r\n\r\n\0\u0001name=\"model\"\r\n--B\r\nContent-Disposition: form-data; "
                + "name=\"model\"\r\n\r\nwhisper ü\r\n--B--\r\n"
        );
        Assert.Equal("whisper ü", ModelSelector.FromForm(body, "B", "model"));
        Assert.Null(ModelSelector.FromForm(body, "B", "language"));
        for (var length = 0; length < body.Length; length++)
            ModelSelector.FromForm(body.AsSpan(0, length), "B", "model");
    }

    [Fact]
    public void Routes_AreUnique_AndLeaveOurPagesAlone()
    {
        Assert.Equal(RouteTable.All.Count, RouteTable.All.Select(route => (route.Method, route.Path)).Distinct().Count());
        Assert.DoesNotContain(RouteTable.All, route => route.Path is "/models" or "/logs" or "/metrics" or "/v1/models");
    }

    [Theory]
    [InlineData("/v/chat/completions", "/chat/completions")]
    [InlineData("/chat/completions", "/chat/completions")]
    [InlineData("/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/audioapi/v1/tasks/run", "/v1/tasks/run")]
    public void UpstreamPath_IsAsItCame_WithoutStrippedPrefixes(string path, string upstream) =>
        Assert.Equal(upstream, RouteTable.UpstreamPath(RouteTable.All.Single(route => route.Path == path), path));

    [Fact]
    public void Names_CloseToAMistypedOne_AreSuggested()
    {
        string[] names = ["Qwen3-8B-Q4_K_M", "qwen3-32b", "gemma-3-4b", "Llama-3.2-1B"];
        Assert.Equal("Qwen3-8B-Q4_K_M", NameSuggestions.Closest("qwen3-8b", names)[0]);
        Assert.Equal(["gemma-3-4b"], NameSuggestions.Closest("gema-3-4b", names));
        Assert.Equal(["tiny-llama-F16"], NameSuggestions.Closest("tiny-lama", [.. names, "tiny-llama-F16"]));
        Assert.Equal("Qwen3-8B-Q4_K_M", NameSuggestions.Closest("Qwen/qwen3-8b", names)[0]);
        Assert.Equal("Llama-3.2-1B", NameSuggestions.Closest("meta/lama-3.2", names)[0]);
        Assert.Empty(NameSuggestions.Closest("gpt-4o", names));
        Assert.Empty(NameSuggestions.Closest("completely-different", names));
        Assert.Empty(NameSuggestions.Closest("///", names));
    }

    [Fact]
    public void Errors_AllHaveFacts_AndTheFormOfOpenAi()
    {
        foreach (var error in Enum.GetValues<ProxyError>())
        {
            Assert.InRange(error.Facts().Status, 400, 599);
            var json = JsonDocument.Parse(OpenAiError.Json(error, "a \"b\"\n")).RootElement.GetProperty("error");
            Assert.Equal(
                ("a \"b\"\n", error.Facts().Code),
                (json.GetProperty("message").GetString(), json.GetProperty("code").GetString())
            );
            Assert.DoesNotContain('\n', Encoding.UTF8.GetString(OpenAiError.Json(error, "a\nb")));
        }
    }

    [Fact]
    public void RetryAfter_GrowsWithTheLine_UpToTheWaitLimit()
    {
        var policy = new RequestQueuePolicy(64, TimeSpan.FromSeconds(30));
        Assert.Equal(2, policy.RetryAfterSeconds(1));
        Assert.Equal(20, policy.RetryAfterSeconds(20));
        Assert.Equal(30, policy.RetryAfterSeconds(64));
    }

    [Fact]
    public void Swap_WaitsForABatch_UntilSomebodyStarves()
    {
        var policy = new SwapPolicy(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));
        var running = new SwapCandidate(1, IsRunning: true, Waiting: 2, TimeSpan.FromSeconds(1), WarmFor: TimeSpan.FromSeconds(60));
        SwapCandidate Pending(double seconds) =>
            new(2, IsRunning: false, Waiting: 1, TimeSpan.FromSeconds(seconds), TimeSpan.Zero) { IsBlocked = true };

        Assert.False(policy.ShouldDrain(running, [running, Pending(10)]));
        Assert.True(policy.ShouldDrain(running, [running, Pending(30)]));
        Assert.False(policy.ShouldDrain(running, [running, Pending(30) with { IsBlocked = false }])); // it loads, or pauses after a failure
        Assert.False(policy.ShouldDrain(running, [running, Pending(30) with { Waiting = 0 }]));
        Assert.False(policy.ShouldDrain(running with { IsPinned = true }, [Pending(30)]));
        Assert.False(policy.ShouldDrain(running with { WarmFor = TimeSpan.FromSeconds(1) }, [Pending(30)]));
    }
}
