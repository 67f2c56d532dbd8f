namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>A file of a repository, as its list tells.</summary>
/// <param name="Path">Inside the repository, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hexadecimal, or null where the list does not tell.</param>
public sealed record HubFile(string Path, long Size, string? Sha256)
{
    /// <summary>Name without folders.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
