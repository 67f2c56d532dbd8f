using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Tells llama-server, by whatever name it is built, from other programs.</summary>
public static partial class ServerProgram
{
    private const int NameBound = 200;

    private static readonly string[] Scripts = [".sh", ".bash", ".zsh", ".bat", ".cmd", ".ps1"];

    private static readonly string[] Others =
    [
        "vllm",
        "sglang",
        "ollama",
        "whisper",
        "text-generation",
        "text-embeddings",
        "localai",
        "comfy",
        "stable-diffusion",
        "sd-server",
        "kobold",
        "tabby",
        "exllama",
        "infinity",
        "open-webui",
        "litellm",
        "aphrodite",
        "lmdeploy",
        "tensorrt",
        "triton",
        "kokoro",
        "piper",
        "speaches",
        "llama-swap",
    ];

    /// <summary>
    /// Whether a word is the path or name of a llama-server: also of forks and experiments, and <c>server</c> as it was called until 2024.
    /// </summary>
    /// <param name="word">A word of a command.</param>
    public static bool Is(string word) => ForeignPath.FileName(word) is { Length: <= NameBound } name && Family().IsMatch(name);

    /// <summary>Whether a word is the program <c>llama</c>, of which <c>serve</c> is the server.</summary>
    /// <param name="word">A word of a command.</param>
    public static bool IsMulti(string word) => ForeignPath.FileName(word).ToLowerInvariant() is "llama" or "llama.exe";

    /// <summary>Whether a word is a script, which may well start llama-server.</summary>
    /// <param name="word">A word of a command.</param>
    public static bool IsScript(string word) => Scripts.Any(end => word.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an image is known to hold another program.</summary>
    /// <param name="image">Name of an image.</param>
    public static bool IsOtherImage(string image) => Others.Any(name => image.Contains(name, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(
        @"(^|[-_.])llama([-_.]?cpp)?[-_]?server([-_.][\w.-]+)?$|^server(\.exe)?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Family();
}
