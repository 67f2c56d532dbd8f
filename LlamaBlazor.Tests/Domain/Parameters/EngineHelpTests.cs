using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class EngineHelpTests
{
    private const string Help = """
        ----- common params -----

        -h,    --help, --usage                  print usage and exit
        -kvo,  --kv-offload, -nkvo, --no-kv-offload
                                                whether to enable KV cache offloading (default: enabled)
        -ngl,  --gpu-layers, --n-gpu-layers N   max. number of layers, -1 is --all
        --draft, --draft-n, --draft-max N       the argument has been removed. use --spec-draft-n-max
        --draft-min, --draft-n-min N
                                                the argument has been removed. use --spec-draft-n-min
        --fim-qwen-1.5b-default                 use default Qwen 2.5 Coder 1.5B
        --rope-scaling {none,linear,yarn}       RoPE frequency scaling method
        """;

    [Fact]
    public void Flags_AreThoseInTheFirstColumn_RemovedOnesLeftOut() => Assert.Equal(
        ["-h", "--help", "--usage", "-kvo", "--kv-offload", "-nkvo", "--no-kv-offload", "-ngl", "--gpu-layers", "--n-gpu-layers", "--fim-qwen-1.5b-default", "--rope-scaling"],
        EngineHelp.ReadFlags(Help).Select(flag => flag.Name));

    [Theory]
    [InlineData("-h,    --help, --usage                  print usage and exit", 0)]
    [InlineData("-kvo,  --kv-offload, -nkvo, --no-kv-offload", 0)]
    [InlineData("-ngl,  --gpu-layers, --n-gpu-layers N   max. number of layers", 1)]
    [InlineData("--tensor-split N0,N1,N2,...             fraction of the model", 1)]
    [InlineData("--control-vector-layer-range START END", 2)]
    [InlineData("--device <dev1,dev2,..>                 comma-separated list", 1)]
    [InlineData("--samplers SAMPLERS                     samplers that will be used", 1)]
    [InlineData("-m, --model FNAME   model", 1)]
    public void Values_OfAFlag_AreReadFromItsForm(string line, int expected) => Assert.All(EngineHelp.ReadFlags(line), flag => Assert.Equal(expected, flag.Values));

    [Theory]
    [InlineData("version: 9921 (edad86bbe)\nbuilt with GNU 12.2.0", "b9921 (edad86bbe)")]
    [InlineData("ggml_cuda_init: found 1 device\nversion: 5000 (abc)\n", "b5000 (abc)")]
    [InlineData("git version 2.39.5", null)]
    public void Version_IsReadFromItsLine(string text, string? expected) => Assert.Equal(expected, EngineHelp.ReadVersion(text));

    [Fact]
    public void Devices_AreReadWithTheirMemory() => Assert.Equal(
        [new EngineDevice("CUDA0", "NVIDIA GeForce RTX 4090", 24080, 23500), new EngineDevice("Vulkan1", "AMD Radeon (RADV NAVI31)", 16368, 16000)],
        EngineHelp.ReadDevices("Available devices:\n  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)\n  Vulkan1: AMD Radeon (RADV NAVI31) (16368 MiB, 16000 MiB free)\n"));

    [Fact]
    public void Refusal_IsTheParsersLine() => Assert.Equal("error while handling argument \"-ngl\": invalid value", EngineHelp.ReadRefusal("load_backend: x\nerror while handling argument \"-ngl\": invalid value\n\nusage:\n-ngl"));
}
