namespace LlamaBlazor.Domain.Resources.Images;

/// <summary>An image of the catalogue, as files of it are written and read.</summary>
/// <param name="Image">Registry and repository, such as <c>ghcr.io/ggml-org/llama.cpp</c>.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Description">What it is.</param>
/// <param name="Tags">Its tags.</param>
public sealed record ImageEntry(string Image, string? DisplayName, string? Description, IReadOnlyList<string> Tags)
{
    /// <summary>Images a file may hold.</summary>
    public const int Bound = 1000;

    /// <summary>Tags an image may have.</summary>
    public const int TagBound = 500;

    private static readonly string[] Variants = ["", "-cuda", "-cuda13", "-rocm", "-musa", "-intel", "-vulkan", "-openvino"];

    /// <summary>What the catalogue begins with: llama.cpp's own images, of which those named server can be run here.</summary>
    public static IReadOnlyList<ImageEntry> Seed { get; } =
    [
        new(
            "ghcr.io/ggml-org/llama.cpp",
            "llama.cpp",
            "The images that llama.cpp builds itself. Choose a server one for the GPU of this machine; full ones also convert models, "
                + "light ones only have the command line.",
            [.. new[] { "server", "full", "light" }.SelectMany(category => Variants.Select(variant => category + variant))]
        ),
    ];
}
