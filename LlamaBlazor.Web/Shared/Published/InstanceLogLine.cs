namespace LlamaBlazor.Web.Shared.Published;

/// <summary>One line an engine wrote.</summary>
/// <param name="ModelId">Its model.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Timestamp">When it arrived, Unix milliseconds.</param>
/// <param name="Text">The line, at most 4 KiB.</param>
internal sealed record InstanceLogLine(long ModelId, string Model, long Timestamp, string Text);

/// <summary>The last lines of a model's engine, oldest first; empty when it was not started in this run.</summary>
internal delegate IReadOnlyList<InstanceLogLine> ReadLines(long modelId);
