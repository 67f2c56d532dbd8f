using System.Security.Cryptography;
using System.Text;

namespace LlamaBlazor.Domain.Security;

/// <summary>A key as it is checked: everything but its secret.</summary>
public sealed record ApiKey
{
    /// <summary>Row of <c>api_keys</c>; 0 for the dashboard's own key.</summary>
    public required long Id { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>Words of <see cref="Scope"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Models it may ask, without regard to case; null is all.</summary>
    public IReadOnlySet<string>? Models { get; init; }

    /// <summary>The project it belongs to: it may ask that project's models only; null is all.</summary>
    public string? Project { get; init; }

    /// <summary>Requests in 60 seconds, or null.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens in 60 seconds, or null.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Place in the queue; higher is sooner.</summary>
    public long Priority { get; init; }

    /// <summary>Unix milliseconds, or null.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Whether it may do what the scope names. <see cref="Scope.Admin"/> includes the others.</summary>
    /// <param name="scope">A word of <see cref="Scope"/>.</param>
    public bool May(string scope) => Scopes.Contains(scope) || Scopes.Contains(Scope.Admin);

    /// <summary>Whether it may ask a model.</summary>
    /// <param name="model">Its name.</param>
    public bool MayAsk(string model) => Models is null || Models.Contains(model);

    /// <summary>Whether it may ask the models of a project.</summary>
    /// <param name="project">Name of the project.</param>
    public bool MayUse(string project) => Project is null || Project.Equals(project, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it has expired.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public bool IsExpired(long now) => ExpiresAt <= now;
}

/// <summary>Secrets of keys: 256 random bits, of which only a hash is kept.</summary>
public static class KeySecret
{
    /// <summary>What every secret begins with, so that leak scanners find it.</summary>
    public const string Prefix = "lb-";

    /// <summary>Characters of a secret that are kept to tell keys apart.</summary>
    public const int ShownLength = 8;

    private const int LongestAccepted = 256;

    /// <summary>A new secret.</summary>
    public static string Create() =>
        Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>SHA-256, lower-case hexadecimal. A random secret of 256 bits needs no slow hash.</summary>
    /// <param name="secret">The secret.</param>
    public static string Hash(string secret) =>
        secret.Length > LongestAccepted ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares hashes in a time that does not tell how much of them is alike.</summary>
    /// <param name="one">A hash.</param>
    /// <param name="other">A hash.</param>
    public static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));

    /// <summary>The secret in the headers of a request, or null: <c>Authorization: Bearer</c> before <c>X-Api-Key</c>.</summary>
    /// <param name="authorization">Header <c>Authorization</c>.</param>
    /// <param name="apiKey">Header <c>X-Api-Key</c>.</param>
    public static string? FromHeaders(string? authorization, string? apiKey)
    {
        const string Bearer = "Bearer ";
        if (authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return string.IsNullOrWhiteSpace(apiKey) ? null : apiKey.Trim();
    }
}
