using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class ExitExplanationTests
{
    [Theory]
    [InlineData("error: invalid argument: --foo", "refused its arguments: error: invalid argument: --foo")]
    [InlineData(
        "error while handling argument \"--ctx-size\": stoi",
        "refused its arguments: error while handling argument \"--ctx-size\": stoi"
    )]
    [InlineData("error while handling environment variable \"LLAMA_ARG_X\": bad", "refused its arguments")]
    public void Refusal_IsKnown_AndQuoted(string line, string words)
    {
        var outcome = ExitExplanation.Explain(1, [line, "", "usage:", "--ctx-size N"], wasReady: false);
        Assert.True(outcome.IsRefusal);
        Assert.Contains(words, outcome.Reason);
    }

    [Theory]
    [InlineData(137, "SIGKILL", "memory")]
    [InlineData(139, "SIGSEGV", "crashed")]
    [InlineData(132, "SIGILL", "instructions")]
    public void Signals_HaveNamesAndHints(int code, string signal, string hint)
    {
        var outcome = ExitExplanation.Explain(code, ["0.00.001.000 I srv: loading"], wasReady: true);
        Assert.Equal(signal, outcome.Signal);
        Assert.Contains(hint, outcome.Reason);
        Assert.Contains("while running", outcome.Reason);
    }

    [Theory]
    [InlineData(
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 8000 MiB on device 0: cudaMalloc failed: out of memory",
        "smaller context"
    )]
    [InlineData("0.00.01 E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", "port")]
    [InlineData("0.00.006.765 E gguf_init_from_file: failed to open GGUF file '/x.gguf' (No such file or directory)", "still exists")]
    [InlineData("E llama_model_load: error loading model: unknown model architecture: 'new'", "newer llama.cpp")]
    [InlineData("llama-server: error while loading shared libraries: libcudart.so.12: cannot open shared object file", "library")]
    public void TellingLine_IsQuoted_WithItsHint(string line, string hint)
    {
        var outcome = ExitExplanation.Explain(1, ["I starting", line, "E srv: exiting due to model loading error"], wasReady: false);
        Assert.False(outcome.IsRefusal);
        Assert.Contains(hint, outcome.Reason);
        Assert.Contains("exit code 1 before it was ready", outcome.Reason);
    }

    [Theory]
    [InlineData("E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", false, true)]
    [InlineData("E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", true, false)]
    [InlineData("E llama_model_load: error loading model: unknown model architecture: 'new'", false, false)]
    public void PortTaken_IsTold_WhereItWasNotReady(string line, bool wasReady, bool isTaken) =>
        Assert.Equal(isTaken, ExitExplanation.Explain(1, [line, "E srv: exiting"], wasReady).IsPortTaken);

    [Fact]
    public void LogPrefix_IsLeftOut() =>
        Assert.Contains(
            ": srv load_model: failed to do it.",
            ExitExplanation.Explain(1, ["0.00.006.955 E srv load_model: failed to do it"], false).Reason
        );

    [Fact]
    public void Silence_IsNamed() => Assert.Contains("said nothing", ExitExplanation.Explain(1, [], false).Reason);

    [Fact]
    public void VeryLongLine_IsCut() =>
        Assert.InRange(ExitExplanation.Explain(1, ["error " + new string('x', 100_000)], false).Reason.Length, 1, 600);

    [Theory]
    [InlineData(126)]
    [InlineData(127)]
    public void NotExecutable_IsNotTriedAgain(int code) =>
        Assert.True(ExitExplanation.Explain(code, ["setsid: failed to execute /x: Permission denied"], false).IsRefusal);
}
