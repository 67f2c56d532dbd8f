namespace LlamaBlazor.Web.Data.Entities;

/// <summary>An answer of a remote registry: <c>api_cache</c>.</summary>
public sealed class ApiCacheRow
{
    /// <summary>Address; primary key.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Body.</summary>
    public string Response { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CachedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? ExpiresAt { get; set; }
}
