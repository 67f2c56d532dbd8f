namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>States of a download; the words of the column <c>downloads.status</c>.</summary>
public static class DownloadStatus
{
    /// <summary>Waits for a place.</summary>
    public const string Queued = "queued";

    /// <summary>Bytes come.</summary>
    public const string Running = "running";

    /// <summary>The dashboard was stopped meanwhile; goes on when asked.</summary>
    public const string Paused = "paused";

    /// <summary>The file is complete and in its place.</summary>
    public const string Done = "done";

    /// <summary>Ended with a reason; goes on when asked.</summary>
    public const string Failed = "failed";

    /// <summary>Stopped by a person; goes on when asked.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Queued, Running, Paused, Done, Failed, Cancelled];

    /// <summary>True while it runs or will run by itself.</summary>
    /// <param name="status">A state.</param>
    public static bool IsActive(string status) => status is Queued or Running;

    /// <summary>True where it can go on.</summary>
    /// <param name="status">A state.</param>
    public static bool CanResume(string status) => status is Paused or Failed or Cancelled;
}
