using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>Something on Hugging Face: a repository, and perhaps a quantisation or a file of it.</summary>
/// <param name="Repo">Owner and name, such as <c>ggml-org/gemma-3-4b-it-GGUF</c>.</param>
/// <param name="Revision">Branch, tag or commit.</param>
/// <param name="Quantization">The word after the colon, such as <c>Q4_K_M</c>, or null.</param>
/// <param name="File">Path inside the repository, or null.</param>
public sealed partial record HubReference(string Repo, string Revision, string? Quantization, string? File)
{
    private const int TextBound = 2000;
    private const string Main = "main";
    private const string Wanted =
        "Write owner/repository, owner/repository:QUANT, or the address of a page of huggingface.co, such as "
        + "ggml-org/gemma-3-4b-it-GGUF:Q4_K_M.";
    private static readonly HashSet<string> Hosts = new(StringComparer.OrdinalIgnoreCase)
    {
        "huggingface.co",
        "www.huggingface.co",
        "hf.co",
    };

    /// <summary>Whether an address leads to a page or file of Hugging Face, so that it is resolved through its list of files.</summary>
    /// <param name="text">What a person typed.</param>
    /// <param name="host">Host of a mirror in use, or null.</param>
    public static bool IsHubAddress(string text, string? host = null) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsHubHost(uri, host);

    /// <summary>Reads what people type: <c>owner/repo[:quant]</c>, <c>hf.co/…</c>, or the address of a repository or of a file in
    /// it.</summary>
    /// <param name="text">What a person typed.</param>
    /// <param name="host">Host and port of a mirror in use, or null.</param>
    /// <returns>The reference; invalid, field <c>source</c>, when it is none.</returns>
    public static Result<HubReference> Parse(string text, string? host = null)
    {
        var path = text.Trim();
        if (path.Length is 0 or > TextBound)
            return Failure.Invalid("source", Wanted);
        if (path.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(path, UriKind.Absolute, out var uri) || !(uri.Scheme is "http" or "https" && IsHubHost(uri, host)))
                return Failure.Invalid("source", Wanted);
            path = Uri.UnescapeDataString(uri.AbsolutePath);
        }
        else if (Hosts.FirstOrDefault(name => path.StartsWith(name + "/", StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            path = path[(name.Length + 1)..];
        }

        return ParsePath(path.Trim('/'));
    }

    private static bool IsHubHost(Uri uri, string? host) =>
        Hosts.Contains(uri.Host) || string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase);

    private static Result<HubReference> ParsePath(string path)
    {
        var parts = path.Split('/');
        if (parts.Length < 2)
            return Failure.Invalid("source", Wanted);
        if (parts[0] is "datasets" or "spaces")
            return Failure.Invalid("source", "This is no model but a data set or a space. " + Wanted);
        var colon = parts[1].IndexOf(':');
        var quantization = colon < 0 ? null : parts[1][(colon + 1)..];
        var repo = $"{parts[0]}/{(colon < 0 ? parts[1] : parts[1][..colon])}";
        if (
            !IsName(parts[0])
            || !IsName(repo[(parts[0].Length + 1)..])
            || (quantization is not null && !QuantPattern().IsMatch(quantization))
        )
            return Failure.Invalid("source", Wanted);
        return parts.Length switch
        {
            2 => new HubReference(repo, Main, quantization, null),
            >= 4 when parts[2] is "tree" or "blob" or "resolve" or "raw" && IsName(parts[3]) => InTree(repo, parts),
            _ => Failure.Invalid("source", Wanted),
        };
    }

    private static Result<HubReference> InTree(string repo, string[] parts)
    {
        if (parts[2] is "tree")
            return new HubReference(repo, parts[3], null, null); // a folder: its whole repository is offered
        var file = string.Join('/', parts[4..]);
        return file.Length > 0 && parts[4..].All(part => part is not ("" or "." or ".."))
            ? new HubReference(repo, parts[3], null, file)
            : Failure.Invalid("source", Wanted);
    }

    private static bool IsName(string text) => text is not ("." or "..") && NamePattern().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,96}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex QuantPattern();
}
