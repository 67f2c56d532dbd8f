using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Resources.Images;

/// <summary>What the tag of an image of llama.cpp says: <c>server-cuda13-b9921</c> is the server, for CUDA 13, of build 9921.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Category">server, full, light, or other for tags of another form.</param>
/// <param name="Variant">What it is built for, such as cuda13; empty for the processor.</param>
/// <param name="Build">Number of the build, or null for the tag that moves with the newest.</param>
public sealed partial record ImageTag(string Tag, string Category, string Variant, int? Build)
{
    /// <summary>The categories.</summary>
    public static IReadOnlyList<string> Categories { get; } = ["server", "full", "light", "other"];

    /// <summary>Major version of CUDA, or null.</summary>
    public string? CudaVersion =>
        Variant switch
        {
            "cuda" or "cuda12" => "12",
            "cuda13" => "13",
            _ => null,
        };

    /// <summary>Processor it runs on.</summary>
    public string Architecture => Variant == "s390x" ? "s390x" : "amd64";

    /// <summary>Name of the build, such as b9921, or null.</summary>
    public string? BuildName => Build is { } build ? $"b{build.ToString(CultureInfo.InvariantCulture)}" : null;

    /// <summary>What it is built for, for people.</summary>
    public string BuiltFor =>
        Variant switch
        {
            "" or "cpu" => "Processor",
            "cuda" or "cuda12" => "NVIDIA, CUDA 12",
            "cuda13" => "NVIDIA, CUDA 13",
            "rocm" => "AMD, ROCm",
            "musa" => "Moore Threads, MUSA",
            "intel" => "Intel, SYCL",
            "vulkan" => "Any GPU, Vulkan",
            "openvino" => "Intel, OpenVINO",
            "s390x" => "Processor, s390x",
            _ => "",
        };

    /// <summary>Reads a tag. Any text is one; what has no known form is of the category other.</summary>
    public static ImageTag Read(string tag)
    {
        var match = Pattern().Match(tag);
        return match.Success
            ? new ImageTag(
                tag,
                match.Groups["category"].Value,
                match.Groups["variant"].Value,
                match.Groups["build"] is { Success: true } build ? int.Parse(build.ValueSpan, CultureInfo.InvariantCulture) : null
            )
            : new ImageTag(tag, "other", "", null);
    }

    /// <summary>
    /// The tags worth keeping of a registry that has tens of thousands: those that move, and of each variant the newest builds. Where none
    /// has the form of
    /// llama.cpp's, the first ones.
    /// </summary>
    /// <param name="tags">All tags.</param>
    /// <param name="builds">Builds kept of each variant.</param>
    /// <param name="bound">Most tags kept.</param>
    public static IReadOnlyList<ImageTag> Choose(IEnumerable<string> tags, int builds, int bound)
    {
        var read = tags.Distinct().Select(Read).ToList();
        if (read.TrueForAll(tag => tag.Category == "other"))
            return [.. read.Take(bound)];
        var known = read.Where(tag => tag.Category != "other").ToList();
        var newest = known
            .Where(tag => tag.Build is not null)
            .GroupBy(tag => (tag.Category, tag.Variant))
            .SelectMany(group => group.OrderByDescending(tag => tag.Build).Take(builds));
        return [.. known.Where(tag => tag.Build is null).Concat(newest).Take(bound)];
    }

    [GeneratedRegex(
        @"^(?<category>server|full|light)(?:-(?<variant>cuda12|cuda13|cuda|rocm|musa|intel|vulkan|openvino|s390x|cpu))?(?:-b(?<build>\d{1,9}))?$"
    )]
    private static partial Regex Pattern();
}
