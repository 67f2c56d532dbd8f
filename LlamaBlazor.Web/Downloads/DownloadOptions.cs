using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Downloads;

/// <summary>How models are downloaded: configuration section <c>LlamaBlazor:Downloads</c>.</summary>
internal sealed class DownloadOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Downloads";

    /// <summary>Files that come at the same time; 1 to 16.</summary>
    public int Parallel { get; init; } = 2;

    /// <summary>How often a broken connection is tried again before it is a failure; 0 to 100. Bytes that came start the count
    /// anew.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>MiB of the disk that downloads leave free; 0 to 1,048,576.</summary>
    public int ReserveMb { get; init; } = 256;

    /// <summary>Seconds without a byte after which a connection counts as broken; 1 to 3600.</summary>
    public int StallSeconds { get; init; } = 60;

    /// <summary>Where repositories are listed and read: Hugging Face, or a mirror that speaks its API.</summary>
    public string HuggingFaceUrl { get; init; } = "https://huggingface.co";

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

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static DownloadOptions Read(IConfiguration configuration)
    {
        var options = OptionSection.Read<DownloadOptions>(
            configuration,
            Section,
            [
                new(nameof(Parallel), options => options.Parallel, 1, 16),
                new(nameof(Retries), options => options.Retries, 0, 100),
                new(nameof(ReserveMb), options => options.ReserveMb, 0, 1 << 20),
                new(nameof(StallSeconds), options => options.StallSeconds, 1, 3600),
            ]
        );
        return Uri.TryCreate(options.HuggingFaceUrl, UriKind.Absolute, out var hub) && hub.Scheme is "http" or "https"
            ? options
            : throw new StartupException(
                $"{Section}:{nameof(HuggingFaceUrl)} is '{options.HuggingFaceUrl}'. It must be an address that starts with https:// "
                    + "or http://."
            );
    }
}
