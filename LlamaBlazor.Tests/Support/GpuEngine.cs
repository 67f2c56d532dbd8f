namespace LlamaBlazor.Tests.Support;

/// <summary>An engine that lists GPUs, and its llama-fit-params, both of them small scripts in the folder <c>bin</c>.</summary>
internal static class GpuEngine
{
    /// <summary>What it lists: two cards.</summary>
    public const string TwoGpus =
        "Available devices:\n  CUDA0: Fake card A (24576 MiB, 24000 MiB free)\n  CUDA1: Fake card B (12288 MiB, 12000 MiB free)";

    /// <summary>Path of the engine, for <c>LlamaBlazor:EnginePath</c>.</summary>
    public static string PathIn(TempFolder folder) => folder.File("bin/llama-server");

    /// <summary>Writes both.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="fit">What llama-fit-params does.</param>
    public static void PlaceWithFit(TempFolder folder, string fit)
    {
        Place(folder, TwoGpus);
        Move(folder, fit, "llama-fit-params");
    }

    /// <summary>Writes the engine alone.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="devices">What <c>--list-devices</c> prints.</param>
    public static void Place(TempFolder folder, string devices) => Move(folder, Answers(devices), "llama-server");

    /// <summary>The script of an engine.</summary>
    /// <param name="devices">What <c>--list-devices</c> prints.</param>
    public static string Answers(string devices) =>
        $"""
            case "$1" in
              --version) echo "version: 9999 (abcdef0)";;
              --help) printf '%s\n' "-m,    --model FNAME                     model path" "--port PORT                             port";;
              --list-devices) printf '%s\n' "{devices}";;
            esac
            """;

    private static void Move(TempFolder folder, string script, string name)
    {
        Directory.CreateDirectory(folder.File("bin"));
        File.Move(EngineScript.WriteRaw(folder, script), folder.File("bin/" + name), overwrite: true);
    }
}
