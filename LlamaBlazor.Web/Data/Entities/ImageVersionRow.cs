namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A tag of an image: <c>image_versions</c> (seed S4.3).</summary>
public sealed class ImageVersionRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The image.</summary>
    public long ImageId { get; set; }

    /// <summary>Tag.</summary>
    public string Tag { get; set; } = "";

    /// <summary>Content digest, as the runtime of this machine tells.</summary>
    public string? Digest { get; set; }

    /// <summary>Bytes on disk, as the runtime of this machine tells.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? CreatedAt { get; set; }

    /// <summary>CUDA inside.</summary>
    public string? CudaVersion { get; set; }

    /// <summary>Python inside.</summary>
    public string? PythonVersion { get; set; }

    /// <summary>llama.cpp build inside.</summary>
    public string? FrameworkVersion { get; set; }

    /// <summary>amd64 or arm64.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>Manifest.</summary>
    public string? ManifestJson { get; set; }

    /// <summary>Present on this machine.</summary>
    public bool IsCached { get; set; }
}
