using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Web.Downloads;

/// <summary>One download while it runs; written by its transfer alone, shown to others as snapshots.</summary>
internal sealed class DownloadJob(DownloadRow row, Action<DownloadSnapshot> report, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly TransferRate _rate = new();
    private readonly long _started = clock.GetTimestamp();
    private long _told;

    /// <summary>The row's key.</summary>
    public long Id => row.Id;

    /// <summary>Where from.</summary>
    public Uri Address { get; } = new(row.Url);

    /// <summary>Where to.</summary>
    public string Target => row.TargetPath;

    /// <summary>Folder of the target.</summary>
    public string Folder => Path.GetDirectoryName(row.TargetPath)!;

    /// <summary>Expected SHA-256, or null.</summary>
    public string? Sha256 => row.Sha256;

    /// <summary>Bytes of the whole file, or null while unknown.</summary>
    public long? TotalBytes { get; set; } = row.TotalBytes;

    /// <summary>What names this very content: a strong ETag or a date of change.</summary>
    public string? Etag { get; set; } = row.Etag;

    /// <summary>The state now.</summary>
    public DownloadSnapshot Snapshot { get; private set; } = DownloadSnapshot.Of(row);

    /// <summary>Tells what it is doing beside receiving.</summary>
    public void Tell(string note, long received)
    {
        Snapshot = Snapshot with
        {
            TotalBytes = TotalBytes,
            ReceivedBytes = received,
            Note = note,
            BytesPerSecond = null,
            SecondsLeft = null,
        };
        report(Snapshot);
    }

    /// <summary>Notes how many bytes there are, and tells it now and then.</summary>
    public void Count(long received)
    {
        var isFirst = Snapshot.Note is not null;
        Snapshot = Snapshot with { TotalBytes = TotalBytes, ReceivedBytes = received, Note = null };
        if (!isFirst && clock.GetElapsedTime(_told) < Pause)
            return;
        _told = clock.GetTimestamp();
        _rate.Note(clock.GetElapsedTime(_started, _told).TotalSeconds, received);
        Snapshot = Snapshot with
        {
            BytesPerSecond = (long?)_rate.PerSecond,
            SecondsLeft = TransferRate.Left(TotalBytes, received, _rate.PerSecond),
        };
        report(Snapshot);
    }
}
