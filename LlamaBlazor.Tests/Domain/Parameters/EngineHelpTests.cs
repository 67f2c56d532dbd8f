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
    public void Flags_AreThoseInTheFirstColumn_RemovedOnesLeftOut() =>
        Assert.Equal(
            [
                "-h",
                "--help",
                "--usage",
                "-kvo",
                "--kv-offload",
                "-nkvo",
                "--no-kv-offload",
                "-ngl",
                "--gpu-layers",
                "--n-gpu-layers",
                "--fim-qwen-1.5b-default",
                "--rope-scaling",
            ],
            EngineHelp.ReadFlags(Help).Select(flag => flag.Name)
        );

    [Theory]
    [InlineData("-h,    --help, --usage                  print usage and exit", 0)]
    [InlineData("-kvo,  --kv-offload, -nkvo, --no-kv-offload", 0)]
    [InlineData("-ngl,  --gpu-layers, --n-gpu-layers N   max. number of layers", 1)]
    [InlineData("--tensor-split N0,N1,N2,...             fraction of the model", 1)]
    [InlineData("--control-vector-layer-range START END", 2)]
    [InlineData("--device <dev1,dev2,..>                 comma-separated list", 1)]
    [InlineData("--samplers SAMPLERS                     samplers that will be used", 1)]
    [InlineData("-m, --model FNAME   model", 1)]
    public void Values_OfAFlag_AreReadFromItsForm(string line, int expected) =>
        Assert.All(EngineHelp.ReadFlags(line), flag => Assert.Equal(expected, flag.Values));

    [Theory]
    [InlineData("version: 9921 (edad86bbe)\nbuilt with GNU 12.2.0", "b9921 (edad86bbe)")]
    [InlineData("ggml_cuda_init: found 1 device\nversion: 5000 (abc)\n", "b5000 (abc)")]
    [InlineData("version: 0 (unknown)", "b0 (unknown)")]
    [InlineData("version: 0.4.1-dev (build 11064, commit a894dae93)\nbuilt with Clang 20.1.8 for Linux x86_64", "b11064 (a894dae93)")]
    [InlineData("version: 1.0.0 (build 12000, commit 0123abc)\r\nbuilt with MSVC\r\n", "b12000 (0123abc)")]
    [InlineData("version: 1.2 (build: 12001)", "b12001")]
    [InlineData(
        ":: initializing oneAPI environment ...\n   BASH_VERSION = 5.2.15(1)-release\n\u001b[1mversion: 3798 (0ld)\u001b[0m\n",
        "b3798 (0ld)"
    )]
    [InlineData("version: 2 of the wrapper\nllama-server version: 0.5.0 (build 11200, commit beef)", "b11200 (beef)")]
    [InlineData("version: 0.5.0", "0.5.0")]
    [InlineData("git version 2.39.5", null)]
    [InlineData("", null)]
    public void Version_IsReadFromItsLine(string text, string? expected) => Assert.Equal(expected, EngineHelp.ReadVersion(text));

    [Theory]
    [InlineData(
        "early2024",
        "-h --help -v --verbose -t --threads -c --ctx-size --rope-scaling -fa --flash-attn -ngl --n-gpu-layers -m --model --lora "
            + "--host --port -ctk --cache-type-k --log-format --metrics -n --n-predict -spf --system-prompt-file"
    )]
    [InlineData(
        "late2024",
        "-h --help --usage --version -v --verbose --verbosity -t --threads -fa --flash-attn -e --escape --no-escape -ctk "
            + "--cache-type-k --log-colors --samplers -l --temp --no-mmap -ts --tensor-split --lora --lora-scaled "
            + "--control-vector-layer-range -m --model --host --port --embedding --embeddings --metrics --draft -md --model-draft"
    )]
    [InlineData(
        "early2025",
        "-h --help --usage --version -c --ctx-size -fa --flash-attn --no-mmap -m --model -s --seed --host --port --metrics --no-webui "
            + "--draft-max --draft --draft-n -md --model-draft"
    )]
    [InlineData(
        "current",
        "-h --help --usage --version -fa --flash-attn -kvo --kv-offload -nkvo --no-kv-offload -ngl --gpu-layers --n-gpu-layers -dev "
            + "--device --mmap --no-mmap -m --model -hf -hfr --hf-repo --lora --lora-scaled --spec-type --spec-draft-model -md "
            + "--model-draft --spec-draft-n-max --host --port --metrics --timeout-hint"
    )]
    [InlineData(
        "fork",
        "-h --help --usage -ctx-ckpt --ctx-checkpoints -no-fa --no-flash-attn -fa --flash-attn -mla --mla-use -no-fmoe --no-fused-moe "
            + "-rtr --run-time-repack -ngl --gpu-layers --no-mmap -m --model --host --port --metrics --jinja"
    )]
    public void Flags_OfEachForm_AreRead_AlsoFromTerminalsAndWindows(string form, string expected)
    {
        Assert.Equal(expected, string.Join(' ', EngineHelp.ReadFlags(Form(form)).Select(flag => flag.Name)));
        var wrapped =
            "wrapper: setting up\r\n\u001b[32mggml_cuda_init: found 1 CUDA devices:\u001b[0m\r\n\r\n"
            + Form(form).ReplaceLineEndings("\r\n")
            + "\r\nwarning: done\r\n";
        Assert.Equal(EngineHelp.ReadFlags(Form(form)), EngineHelp.ReadFlags(wrapped));
    }

    [Theory]
    [InlineData("early2024", "--flash-attn", 0)]
    [InlineData("early2024", "-c", 1)]
    [InlineData("early2024", "--rope-scaling", 1)]
    [InlineData("early2024", "--host", EngineFlag.Either)]
    [InlineData("early2024", "-n", EngineFlag.Either)]
    [InlineData("late2024", "-fa", 0)]
    [InlineData("late2024", "--verbosity", 1)]
    [InlineData("late2024", "--lora-scaled", 2)]
    [InlineData("late2024", "--control-vector-layer-range", 2)]
    [InlineData("late2024", "--embeddings", 0)]
    [InlineData("late2024", "-l", 1)]
    [InlineData("late2024", "--log-colors", 0)]
    [InlineData("early2025", "--flash-attn", 0)]
    [InlineData("early2025", "--draft", 1)]
    [InlineData("current", "-fa", 1)]
    [InlineData("current", "--no-kv-offload", 0)]
    [InlineData("current", "-dev", 1)]
    [InlineData("current", "--timeout-hint", EngineFlag.Either)]
    [InlineData("fork", "-ctx-ckpt", 1)]
    [InlineData("fork", "-fa", 1)]
    [InlineData("fork", "--no-flash-attn", 0)]
    [InlineData("fork", "--mla-use", EngineFlag.Either)]
    public void Values_OfEachForm_AreCounted(string form, string flag, int expected) =>
        Assert.Equal(expected, EngineHelp.ReadFlags(Form(form)).First(listed => listed.Name == flag).Values);

    [Fact]
    public void TextThatFoundNoRoom_IsNoValue() =>
        Assert.Equal(0, Assert.Single(EngineHelp.ReadFlags("         --a-switch-that-is-longer-than-its-column is told at once")).Values);

    [Fact]
    public void Devices_AreReadWithTheirMemory() =>
        Assert.Equal(
            [
                new EngineDevice("CUDA0", "NVIDIA GeForce RTX 4090", 24080, 23500),
                new EngineDevice("Vulkan1", "AMD Radeon (RADV NAVI31)", 16368, 16000),
            ],
            EngineHelp.ReadDevices(
                "Available devices:\n  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)\n  Vulkan1: AMD Radeon (RADV "
                    + "NAVI31) (16368 MiB, 16000 MiB free)\n"
            )
        );

    [Fact]
    public void Refusal_IsTheParsersLine() =>
        Assert.Equal(
            "error while handling argument \"-ngl\": invalid value",
            EngineHelp.ReadRefusal("load_backend: x\nerror while handling argument \"-ngl\": invalid value\n\nusage:\n-ngl")
        );

    internal static string Form(string name) =>
        name switch
        {
            "early2024" => EngineHelpForms.Early2024,
            "late2024" => EngineHelpForms.Late2024,
            "early2025" => EngineHelpForms.Early2025,
            "current" => EngineHelpForms.Current,
            _ => EngineHelpForms.Fork,
        };
}
