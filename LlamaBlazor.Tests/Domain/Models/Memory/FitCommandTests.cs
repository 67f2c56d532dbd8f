using LlamaBlazor.Domain.Models.Memory;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

public sealed class FitCommandTests
{
    [Fact]
    public void Advice_PassesWhatMatters_AndAsksForTheRest() =>
        Assert.Equal(
            ["-m", "/m/a b.gguf", "--cache-type-k", "q8_0", "--swa-full", "-lv", "4"],
            FitCommand.Advice(
                "/m/a b.gguf",
                [
                    "--model",
                    "/m/a b.gguf",
                    "--host",
                    "127.0.0.1",
                    "--ctx-size",
                    "4096",
                    "--cache-type-k",
                    "q8_0",
                    "--gpu-layers",
                    "3",
                    "--swa-full",
                    "--metrics",
                    "--parallel",
                ]
            )
        );

    [Theory]
    [InlineData("-c 4096 -ngl 20\n", 4096, 20, null, null)]
    [InlineData("-c 0 -ngl -1", 0, -1, null, null)]
    [InlineData("noise\n-c 8192 -ngl 31 -ts 12,19 -ot \"blk\\.(1|2)\\.ffn_.*=CPU\"\n", 8192, 31, "12,19", "blk\\.(1|2)\\.ffn_.*=CPU")]
    public void Advice_IsRead(string output, long context, long layers, string? split, string? tensors) =>
        Assert.Equal(new FitAdvice(context, layers, split, tensors), FitCommand.ReadAdvice(output));

    [Theory]
    [InlineData("")]
    [InlineData("error: invalid argument")]
    [InlineData("-c x -ngl 1")]
    [InlineData("-c 99999999999999999999 -ngl 1")]
    public void NoAdvice_IsNull(string output) => Assert.Null(FitCommand.ReadAdvice(output));

    [Fact]
    public void Projection_AsksWithTheAdvice_ButNotForWhatNeedNotChange()
    {
        string[] advice = ["-m", "m.gguf", "-lv", "4"];
        Assert.Equal(["-m", "m.gguf", "-fitp", "on"], FitCommand.Projection(advice, new FitAdvice(0, -1, null, null)));
        Assert.Equal(
            ["-m", "m.gguf", "-c", "512", "-ngl", "0", "-ts", "1,2", "-ot", "a=CPU", "-fitp", "on"],
            FitCommand.Projection(advice, new FitAdvice(512, 0, "1,2", "a=CPU"))
        );
    }

    [Fact]
    public void Projection_IsSummed_HostApart()
    {
        Assert.Equal((67, 0), FitCommand.ReadProjection("Host 4 1 62 \n"));
        Assert.Equal((30, 4500), FitCommand.ReadProjection("CUDA0 (NVIDIA X) 2000 400 100 \nCUDA1 1500 400 100 \nHost 20 0 10"));
        Assert.Null(FitCommand.ReadProjection("nothing"));
    }

    [Fact]
    public void Reason_IsTheLastWarningOrError() =>
        Assert.Equal(
            "failed to fit params to free device memory: n_gpu_layers already set by user, abort",
            FitCommand.ReadReason(
                "0.00.001 I common_init: fine\n0.00.002 W common_fit_params: first\n0.00.037 E common_fit_params: failed to fit "
                    + "params to free device memory: n_gpu_layers already set by user, abort\n0.00.038 I end\n"
            )
        );
}
