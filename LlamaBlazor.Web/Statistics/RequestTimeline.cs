namespace LlamaBlazor.Web.Statistics;

/// <summary>A part of a request's time.</summary>
/// <param name="Key">queue, load, prompt, write or other.</param>
/// <param name="Name">For people.</param>
/// <param name="Milliseconds">Its length.</param>
/// <param name="Start">Where it begins, as a share of the whole.</param>
/// <param name="Share">Its length, as a share of the whole.</param>
internal sealed record TimelinePart(string Key, string Name, double Milliseconds, double Start, double Share);

/// <summary>Lays the measured times of a request end to end.</summary>
internal static class RequestTimeline
{
    /// <summary>The parts that took time, in order, and the whole.</summary>
    public static IReadOnlyList<TimelinePart> Of(StatsRow row)
    {
        var total = Math.Max(row.TotalTimeMs ?? 0, 0.001);
        var waited = (row.QueueTimeMs ?? 0) + (row.LoadTimeMs ?? 0);
        var first = row.TtftMs ?? total;
        var streamed = row.Stream && row.TtftMs is not null;
        var writing = streamed ? total - first : Math.Min(row.GenerationTimeMs ?? 0, total - waited);
        var reading = streamed ? first - waited : row.PromptTimeMs ?? 0;
        var parts = new List<TimelinePart>();
        var at = 0.0;
        Add("queue", "Waited for a place", row.QueueTimeMs ?? 0);
        Add("load", "Waited for the model", row.LoadTimeMs ?? 0);
        Add("prompt", "Until the first token", reading);
        Add("write", "Writing", writing);
        Add("other", "On the way", total - at);
        parts.Add(new TimelinePart("whole", "Total", total, 0, 1));
        return parts;

        void Add(string key, string name, double milliseconds)
        {
            // The lengths are fractions: added up, they may pass the whole by a rounding error.
            var length = Math.Clamp(milliseconds, 0, Math.Max(0, total - at));
            if (length < 0.0005)
                return;
            parts.Add(new TimelinePart(key, name, length, at / total, length / total));
            at += length;
        }
    }
}
