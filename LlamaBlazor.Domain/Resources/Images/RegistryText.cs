using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Resources.Images;

/// <summary>Where a registry says one gets a token: <c>Bearer
/// realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull"</c>.</summary>
/// <param name="Realm">Address to ask.</param>
/// <param name="Service">Sent along, or null.</param>
/// <param name="Scope">Sent along, or null.</param>
public sealed record RegistryChallenge(string Realm, string? Service, string? Scope);

/// <summary>Headers of the distribution protocol of OCI registries (github.com/opencontainers/distribution-spec).</summary>
public static partial class RegistryText
{
    /// <summary>The challenge of a <c>WWW-Authenticate</c> header, or null when it asks for something else than a token.</summary>
    public static RegistryChallenge? ReadChallenge(string? header)
    {
        if (header is null || !header.TrimStart().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return null;
        var fields = Field()
            .Matches(header)
            .GroupBy(match => match.Groups[1].Value.ToLowerInvariant())
            .ToDictionary(group => group.Key, group => group.First().Groups[2].Value);
        return fields.TryGetValue("realm", out var realm)
            ? new RegistryChallenge(realm, fields.GetValueOrDefault("service"), fields.GetValueOrDefault("scope"))
            : null;
    }

    /// <summary>The next page of a <c>Link</c> header such as <c>&lt;/v2/a/b/tags/list?last=x&amp;n=9&gt;; rel="next"</c>, or null at the
    /// end.</summary>
    public static string? ReadNext(string? header) =>
        header is not null && Next().Match(header) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Address of a registry's protocol. Docker Hub answers under another name than its images carry; on this machine there is no
    /// certificate.</summary>
    /// <param name="registry">Host, with its port where it names one.</param>
    public static Uri Address(string registry) =>
        new(
            registry switch
            {
                "docker.io" => "https://registry-1.docker.io/",
                _ when IsLocal(registry) => $"http://{registry}/",
                _ => $"https://{registry}/",
            }
        );

    /// <summary>True for a registry of this machine.</summary>
    /// <param name="registry">Host, with its port where it names one.</param>
    public static bool IsLocal(string registry) => registry.Split(':')[0] is "localhost" or "127.0.0.1";

    [GeneratedRegex("([a-zA-Z]+)=\"([^\"]*)\"")]
    private static partial Regex Field();

    [GeneratedRegex("<([^>]+)>\\s*;[^,]*rel=\"?next\"?", RegexOptions.IgnoreCase)]
    private static partial Regex Next();
}
