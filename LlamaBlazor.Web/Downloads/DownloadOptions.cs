namespace LlamaBlazor.Web.Downloads;

/// <summary>How models are downloaded: configuration section <c>LlamaBlazor:Downloads</c>.</summary>
internal sealed class DownloadOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Downloads";

    /// <summary>Files that come at the same time.</summary>
    public int Parallel { get; init; }

    /// <summary>How often a broken connection is tried again before it is a failure; 0 to 100. Bytes that came start the count
    /// anew.</summary>
    public int Retries { get; init; }

    /// <summary>MiB of the disk that downloads leave free.</summary>
    public int ReserveMb { get; init; }

    /// <summary>Seconds without a byte after which a connection counts as broken.</summary>
    public int StallSeconds { get; init; }

    /// <summary>Where repositories are listed and read: Hugging Face, or a mirror that speaks its API.</summary>
    public string HuggingFaceUrl { get; init; } = "";

    /// <summary>Hosts, <c>name</c> or <c>name:port</c>, that may have addresses of a private network: a mirror of one's own.</summary>
    public IReadOnlyList<string> TrustedHosts { get; init; } = [];

    /// <summary>Base address of the hub, without a slash at its end.</summary>
    public Uri Hub => new(HuggingFaceUrl.TrimEnd('/'));

    /// <summary>Whether a host may be in a private network.</summary>
    public bool Trusts(string host, int port) =>
        (Hub.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && Hub.Port == port)
        || TrustedHosts.Any(trusted =>
            trusted.Equals(host, StringComparison.OrdinalIgnoreCase) || trusted.Equals($"{host}:{port}", StringComparison.OrdinalIgnoreCase)
        );
}
