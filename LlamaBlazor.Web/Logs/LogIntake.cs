using System.Threading.Channels;
using LlamaBlazor.Domain.Logs;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Logs;

/// <summary>Where lines of the log come in. Taking one never waits and never fails; what does not fit is counted.</summary>
internal sealed class LogIntake(IOptionsMonitor<LogOptions> options)
{
    /// <summary>Lines that may wait for the pump.</summary>
    public const int Bound = 8192;

    /// <summary>Longest message; the rest is cut off.</summary>
    public const int MessageLimit = 16 * 1024;

    private readonly Channel<LogEntry> _channel = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(Bound) { SingleReader = true });
    private long _dropped;

    /// <summary>Lines that did not fit.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Lines in their order.</summary>
    public ChannelReader<LogEntry> Lines => _channel.Reader;

    /// <summary>Whether lines of a level are kept.</summary>
    public bool Keeps(string level) => LogLevels.Rank(level) >= LogLevels.Rank(options.CurrentValue.Level);

    /// <summary>Takes a line.</summary>
    public void Add(LogEntry entry)
    {
        if (!Keeps(entry.Level))
            return;
        if (entry.Message.Length > MessageLimit)
            entry = entry with { Message = string.Concat(entry.Message.AsSpan(0, MessageLimit), "…"), Coloured = null };
        if (!_channel.Writer.TryWrite(entry))
            CountDropped();
    }

    /// <summary>Counts a line that was lost on its way.</summary>
    public void CountDropped() => Interlocked.Increment(ref _dropped);
}
