using System.Globalization;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>What a process needs of main memory, from the texts of Linux' <c>/proc/PID</c> (man 5 proc).</summary>
public static class ProcessMap
{
    /// <summary>Bytes that are its own: <c>RssAnon</c> and <c>RssShmem</c> of <c>status</c>; null where the text has none.</summary>
    /// <param name="status">The text.</param>
    public static long? OwnBytes(string status) => Value(status, "RssAnon:") is { } own ? own + (Value(status, "RssShmem:") ?? 0) : null;

    /// <summary>
    /// Bytes of files that it has mapped to share them, as engines map their weights: all of each, whether it was read by now or not.
    /// Devices do not count.
    /// </summary>
    /// <param name="maps">The text of <c>maps</c>.</param>
    public static long MappedBytes(string maps)
    {
        var sum = 0L;
        foreach (var line in maps.AsSpan().EnumerateLines())
        {
            // 7f12a0000000-7f12b0000000 r--s 00000000 08:01 1234 /models/x.gguf
            var (dash, space) = (line.IndexOf('-'), line.IndexOf(' '));
            var path = line.IndexOf('/');
            if (
                dash <= 0
                || space <= dash
                || path < 0
                || space + 4 >= line.Length
                || line[space + 4] != 's'
                || line[path..].StartsWith("/dev/")
                || line[path..].StartsWith("/memfd:")
            )
                continue;
            if (
                ulong.TryParse(line[..dash], NumberStyles.AllowHexSpecifier, null, out var from)
                && ulong.TryParse(line[(dash + 1)..space], NumberStyles.AllowHexSpecifier, null, out var to)
                && to > from
            )
                sum += (long)Math.Min(to - from, long.MaxValue / 4 - (ulong)Math.Min(sum, long.MaxValue / 4));
        }

        return sum;
    }

    private static long? Value(string text, string name)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (
                line.StartsWith(name)
                && long.TryParse(line[name.Length..].TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kib)
            )
                return kib * 1024;
        }

        return null;
    }
}
