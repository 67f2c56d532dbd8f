namespace LlamaBlazor.Web.Models.Library;

/// <summary>How a scan ended (product.md 4).</summary>
/// <param name="Found">Entries of the library: runnable files, split sets, projectors, adapters and vocabularies.</param>
/// <param name="Added">New models.</param>
/// <param name="Updated">Models whose file changed, moved or came back.</param>
/// <param name="Missing">Models whose file is gone.</param>
/// <param name="Errors">Files and folders that could not be used, at most 1,000.</param>
/// <param name="ElapsedMs">Milliseconds it took.</param>
public sealed record ScanResult(int Found, int Added, int Updated, int Missing, IReadOnlyList<ScanError> Errors, long ElapsedMs);

/// <summary>A file or folder that could not be used.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Reason">Why, with the next step where there is one.</param>
public sealed record ScanError(string Path, string Reason);

/// <summary>How far a scan is; sent over <c>Broadcast&lt;ScanProgress&gt;</c>.</summary>
/// <param name="Done">Headers read.</param>
/// <param name="Total">Headers to read; 0 while folders are still searched.</param>
/// <param name="File">The file read last.</param>
/// <param name="Result">The outcome, once it has ended.</param>
/// <param name="Failure">Why it broke off, or null.</param>
internal sealed record ScanProgress(int Done, int Total, string? File, ScanResult? Result = null, string? Failure = null)
{
    /// <summary>True while it runs.</summary>
    public bool IsRunning => Result is null && Failure is null;
}

/// <summary>Collects errors from several threads; keeps the first 1,000.</summary>
internal sealed class ScanErrors
{
    private const int Bound = 1000;

    private readonly List<ScanError> _errors = [];

    /// <summary>Adds one.</summary>
    public void Add(string path, string reason)
    {
        lock (_errors)
        {
            if (_errors.Count < Bound)
                _errors.Add(new ScanError(path, reason));
        }
    }

    /// <summary>All of them by path.</summary>
    public IReadOnlyList<ScanError> ToList()
    {
        lock (_errors)
            return [.. _errors.OrderBy(error => error.Path, StringComparer.Ordinal)];
    }
}
