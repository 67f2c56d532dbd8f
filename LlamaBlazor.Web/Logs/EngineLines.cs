using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Logs;

/// <summary>Makes entries of the log of what engines print.</summary>
internal sealed class EngineLines(Broadcast<InstanceLogLine> lines, InstanceRegistry instances)
{
    /// <summary>Hands each line on from now, until it is disposed.</summary>
    /// <param name="intake">Takes them.</param>
    public IDisposable Follow(LogIntake intake) => lines.Subscribe(line => intake.Add(Read(line)));

    /// <summary>Whether a model was started in this run, and not deleted since.</summary>
    public bool IsKnown(long modelId) => instances.Find(modelId) is not null;

    private LogEntry Read(InstanceLogLine line)
    {
        var plain = AnsiText.Strip(line.Text);
        var (level, message) = LlamaLogParser.Parse(plain);
        return new LogEntry
        {
            Timestamp = line.Timestamp,
            Level = level,
            Source = "llama-server",
            Category = LogCategory.Of(level, "llama-server", line.Model),
            Origin = line.Model,
            ContextJson = LogFacts.OfEngine(line.Model),
            ModelPath = PathOf(line.ModelId),
            Message = message,
            ModelId = line.ModelId,
            Coloured = ReferenceEquals(plain, line.Text) ? null : line.Text,
        };
    }

    // As it was launched: settings may have changed since.
    private string? PathOf(long modelId)
    {
        var words = instances.Find(modelId)?.Command?.Arguments;
        for (var i = 0; i + 1 < words?.Count; i++)
        {
            if (words[i] == "--model")
                return words[i + 1];
        }

        return null;
    }
}
