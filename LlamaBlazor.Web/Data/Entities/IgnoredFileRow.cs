namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A file that scans leave out: <c>ignored_files</c>.</summary>
public sealed class IgnoredFileRow
{
    /// <summary>Absolute path; primary key.</summary>
    public string Path { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}
