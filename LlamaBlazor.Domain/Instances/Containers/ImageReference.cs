using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Instances.Containers;

/// <summary>What GPU driver an image of llama.cpp is built for.</summary>
public enum ImageBackend
{
    /// <summary>The processor alone.</summary>
    Cpu,

    /// <summary>NVIDIA, through the container toolkit.</summary>
    Cuda,

    /// <summary>AMD: <c>/dev/kfd</c> and <c>/dev/dri</c>.</summary>
    Rocm,

    /// <summary>Moore Threads, through its container toolkit.</summary>
    Musa,

    /// <summary>Intel, Vulkan and OpenVINO: <c>/dev/dri</c>.</summary>
    Dri,
}

/// <summary>A reference to an image, such as <c>ghcr.io/ggml-org/llama.cpp:server-cuda</c>, in its parts.</summary>
/// <param name="Registry">Host of the registry, with its port where it names one.</param>
/// <param name="Repository">Path in the registry.</param>
/// <param name="Tag">Tag, <c>latest</c> where none is named.</param>
public sealed partial record ImageReference(string Registry, string Repository, string Tag)
{
    private const string UsualRegistry = "docker.io";

    /// <summary>The reference, whole.</summary>
    public string Text => $"{Registry}/{Repository}:{Tag}";

    /// <summary>What it is built for, as the tags of llama.cpp say (docs/docker.md there).</summary>
    public ImageBackend Backend =>
        Words(Tag) switch
        {
            var words when words.Any(word => word.StartsWith("cuda", StringComparison.Ordinal)) => ImageBackend.Cuda,
            var words when words.Contains("rocm") => ImageBackend.Rocm,
            var words when words.Contains("musa") => ImageBackend.Musa,
            var words when words.Any(word => word is "vulkan" or "intel" or "openvino" or "sycl") => ImageBackend.Dri,
            _ => ImageBackend.Cpu,
        };

    /// <summary>The parts of a text, or null when it is no reference with a tag. Digests are not taken: they name no variant.</summary>
    /// <param name="text">As people write it.</param>
    public static ImageReference? Parse(string? text)
    {
        var match = Pattern().Match(text?.Trim() ?? "");
        if (!match.Success)
            return null;
        var (registry, path) = (match.Groups["registry"].Value, match.Groups["path"].Value);
        // Without a dot or a port the first part is a folder of Docker Hub.
        var repository = registry.Length == 0 && !path.Contains('/') ? $"library/{path}" : path;
        return new ImageReference(
            registry.Length == 0 ? UsualRegistry : registry,
            repository,
            match.Groups["tag"] is { Success: true } tag ? tag.Value : "latest"
        );
    }

    private static string[] Words(string tag) => tag.Split('-');

    [GeneratedRegex(
        @"^(?:(?<registry>localhost(?::\d{1,5})?|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?|[a-z0-9-]+:\d{1,5})/)?(?<path>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*){0,7})(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?$"
    )]
    private static partial Regex Pattern();
}
