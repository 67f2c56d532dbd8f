namespace LlamaBlazor.Web.Resources.Images;

/// <summary>An image of the catalogue with its tags.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Image">Registry and repository.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Description">What it is.</param>
/// <param name="LastSynced">When its registry was last asked, Unix milliseconds.</param>
/// <param name="Versions">Its tags, those that match the search.</param>
internal sealed record ImageItem(
    long Id,
    string Image,
    string? DisplayName,
    string? Description,
    long? LastSynced,
    IReadOnlyList<ImageVersion> Versions
);

/// <summary>A tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Reference">The image with this tag, as a model names it and a pull takes it.</param>
/// <param name="Category">server, full, light or other.</param>
/// <param name="BuiltFor">For people, or empty.</param>
/// <param name="CudaVersion">Major version, or null.</param>
/// <param name="FrameworkVersion">Build of llama.cpp, or null for the tag that moves.</param>
/// <param name="Architecture">Processor.</param>
/// <param name="IsCached">On this machine.</param>
public sealed record ImageVersion(
    string Tag,
    string Reference,
    string Category,
    string BuiltFor,
    string? CudaVersion,
    string? FrameworkVersion,
    string Architecture,
    bool IsCached
)
{
    /// <summary>Digest, where it is or was on this machine.</summary>
    public string? Digest { get; init; }

    /// <summary>Bytes it takes on disk, where it is or was on this machine.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Version of Python inside, where the image says it.</summary>
    public string? PythonVersion { get; init; }
}

/// <summary>What to look for; null and empty find everything.</summary>
/// <param name="Text">Part of a name, a description or a tag.</param>
/// <param name="Category">server, full, light or other.</param>
/// <param name="Cuda">Version of CUDA, or its beginning.</param>
/// <param name="Cached">Only those on this machine, or only others.</param>
internal sealed record ImageSearch(string? Text = null, string? Category = null, string? Cuda = null, bool? Cached = null);

/// <summary>Tells that the catalogue or a pull has changed.</summary>
internal sealed record ImagesChanged;
