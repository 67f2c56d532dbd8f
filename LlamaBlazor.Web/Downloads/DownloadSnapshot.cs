using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Web.Downloads;

/// <summary>A download as it is now: its row, and while bytes come how fast.</summary>
/// <param name="Id">The row.</param>
/// <param name="Url">Where from, without the query, which may hold a signature.</param>
/// <param name="TargetPath">Where to.</param>
/// <param name="Status">One of <see cref="DownloadStatus"/>.</param>
/// <param name="TotalBytes">Of the whole file, or null while unknown.</param>
/// <param name="ReceivedBytes">On disk.</param>
/// <param name="BytesPerSecond">Over the last ten seconds, or null.</param>
/// <param name="SecondsLeft">Until it is complete, or null.</param>
/// <param name="Note">What it is doing beside receiving: connecting, waiting for a new attempt, checking.</param>
/// <param name="Sha256">Expected, or null.</param>
/// <param name="Error">Why it ended, or null.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="UpdatedAt">Unix milliseconds.</param>
public sealed record DownloadSnapshot(
    long Id,
    string Url,
    string TargetPath,
    string Status,
    long? TotalBytes,
    long ReceivedBytes,
    long? BytesPerSecond,
    long? SecondsLeft,
    string? Note,
    string? Sha256,
    string? Error,
    long CreatedAt,
    long UpdatedAt
)
{
    /// <summary>Name of the file.</summary>
    public string Name => Path.GetFileName(TargetPath);

    /// <summary>A row at rest.</summary>
    internal static DownloadSnapshot Of(DownloadRow row) =>
        new(
            row.Id,
            WithoutQuery(row.Url),
            row.TargetPath,
            row.Status,
            row.TotalBytes,
            row.ReceivedBytes,
            null,
            null,
            null,
            row.Sha256,
            row.Error,
            row.CreatedAt,
            row.UpdatedAt
        );

    private static string WithoutQuery(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Path) : url;
}

/// <summary>A download has changed; sent over <c>Broadcast&lt;DownloadChanged&gt;</c>, while bytes come four times a second.</summary>
/// <param name="Id">The download.</param>
/// <param name="Snapshot">As it is now, or null when it was removed.</param>
internal sealed record DownloadChanged(long Id, DownloadSnapshot? Snapshot);
