using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// Carries lines from the intake to the live tail, the table <c>logs</c> and the file of the day. An engine that floods is kept from
/// filling the
/// database: past a thousand lines a second only the tail sees them, and they are counted.
/// </summary>
internal sealed class LogPump(
    LogIntake intake,
    LogRing ring,
    LogFile file,
    Broadcast<LogEntry> tail,
    EngineLines engines,
    DatabaseWriter writer,
    TimeProvider clock
) : BackgroundService
{
    /// <summary>Lines a second that are stored.</summary>
    public const int StoredASecond = 1000;

    private long _second;
    private int _stored;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = engines.Follow(intake);
        try
        {
            while (await intake.Lines.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
                Drain();
        }
        finally
        {
            Drain(); // what was said while ending
        }
    }

    private void Drain()
    {
        while (intake.Lines.TryRead(out var entry))
        {
            entry = ring.Add(entry);
            if (!IsFlood())
            {
                writer.TryAdd(ToRow(entry));
                file.Write(entry);
            }
            else
            {
                intake.CountDropped();
            }

            tail.Publish(entry);
        }

        file.Flush();
    }

    private bool IsFlood()
    {
        var second = (long)clock.GetElapsedTime(0).TotalSeconds;
        if (second != _second)
            (_second, _stored) = (second, 0);
        return ++_stored > StoredASecond;
    }

    private LogRow ToRow(LogEntry entry) =>
        new()
        {
            Timestamp = entry.Timestamp,
            Level = entry.Level,
            Source = entry.Source,
            Category = entry.Category,
            Message = entry.Message,
            ModelId = entry.ModelId is { } id && engines.IsKnown(id) ? id : null, // a deleted model's last words
            ErrorType = entry.ErrorType,
            ErrorMessage = entry.ErrorMessage,
            StackTrace = entry.StackTrace,
            ContextJson = entry.ContextJson,
            ModelPath = entry.ModelPath,
            PromptPreview = entry.PromptPreview,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
}
