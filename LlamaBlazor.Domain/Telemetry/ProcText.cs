using System.Buffers.Text;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Reads the text files of Linux' <c>/proc</c> (man 5 proc) from bytes, without making strings. What is missing or malformed gives
/// null.</summary>
public static class ProcText
{
    /// <summary>The first line of <c>/proc/stat</c>: time at work is all but idle and iowait; guest time is part of user time
    /// already.</summary>
    /// <param name="text">The file, or its beginning.</param>
    public static CpuTimes? Cpu(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("cpu "u8))
            return null;
        var line = FirstLine(text)[4..];
        long total = 0,
            idle = 0;
        for (var field = 0; field < 8; field++)
        {
            if (!TryNumber(ref line, out var value))
                return field >= 4 ? new CpuTimes(total - idle, total) : null; // very old kernels list four
            total += value;
            if (field is 3 or 4)
                idle += value;
        }

        return new CpuTimes(total - idle, total);
    }

    /// <summary>A value of <c>/proc/meminfo</c> in kibibytes.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">Name with its colon, such as <c>MemTotal:</c>.</param>
    public static long? Memory(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        while (!text.IsEmpty)
        {
            var line = FirstLine(text);
            if (line.StartsWith(name))
            {
                var rest = line[name.Length..];
                return TryNumber(ref rest, out var value) ? value : null;
            }

            text = text[Math.Min(line.Length + 1, text.Length)..];
        }

        return null;
    }

    /// <summary>The three load averages of <c>/proc/loadavg</c>.</summary>
    /// <param name="text">The file.</param>
    public static (double One, double Five, double Fifteen)? Load(ReadOnlySpan<byte> text)
    {
        Span<double> values = stackalloc double[3];
        for (var i = 0; i < 3; i++)
        {
            text = text.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(text, out values[i], out var used))
                return null;
            text = text[used..];
        }

        return (values[0], values[1], values[2]);
    }

    /// <summary>
    /// Bytes received and sent since the start, of all interfaces of <c>/proc/net/dev</c> that lead out of the machine: loopback, and the
    /// bridges
    /// and pairs of containers, whose traffic passes a counted interface once more, are left out.
    /// </summary>
    /// <param name="text">The file.</param>
    public static (long Received, long Sent)? Network(ReadOnlySpan<byte> text)
    {
        long received = 0,
            sent = 0;
        var any = false;
        while (!text.IsEmpty)
        {
            var line = FirstLine(text);
            text = text[Math.Min(line.Length + 1, text.Length)..];
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Counts(line[..colon].Trim((byte)' ')))
                continue;
            var rest = line[(colon + 1)..];
            if (!TryNumber(ref rest, out var rx) || !Skip(ref rest, 7) || !TryNumber(ref rest, out var tx))
                continue;
            (received, sent, any) = (received + rx, sent + tx, true);
        }

        return any ? (received, sent) : null;
    }

    /// <summary>User and system ticks and resident pages of <c>/proc/PID/stat</c>. The name in parentheses may hold spaces and parentheses
    /// itself.</summary>
    /// <param name="text">The file.</param>
    public static (long Ticks, long Pages)? Process(ReadOnlySpan<byte> text)
    {
        var end = text.LastIndexOf((byte)')');
        if (end < 0 || end + 4 > text.Length)
            return null;
        var rest = text[(end + 3)..]; // from the fourth field; the third, the state, is one letter
        rest = rest[Math.Min(1, rest.Length)..];
        if (!Skip(ref rest, 10) || !TryNumber(ref rest, out var user) || !TryNumber(ref rest, out var system))
            return null;
        return Skip(ref rest, 8) && TryNumber(ref rest, out var pages) ? (user + system, pages) : null;
    }

    private static bool Counts(ReadOnlySpan<byte> name) =>
        !name.SequenceEqual("lo"u8)
        && !name.StartsWith("veth"u8)
        && !name.StartsWith("docker"u8)
        && !name.StartsWith("br-"u8)
        && !name.StartsWith("virbr"u8)
        && !name.StartsWith("podman"u8)
        && !name.StartsWith("cni"u8)
        && !name.StartsWith("ifb"u8)
        && !name.StartsWith("dummy"u8);

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)'\n') is var end and >= 0 ? text[..end] : text;

    private static bool Skip(ref ReadOnlySpan<byte> text, int fields)
    {
        for (var i = 0; i < fields; i++)
        {
            if (!TryNumber(ref text, out _))
                return false;
        }

        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, out long value)
    {
        text = text.TrimStart((byte)' ');
        if (!Utf8Parser.TryParse(text, out value, out var used))
            return false;
        text = text[used..];
        return true;
    }
}
