using LlamaBlazor.Web.Statistics;

namespace LlamaBlazor.Tests.Integration.Statistics;

public sealed class RequestTimelineTests
{
    [Fact]
    public void PartsAddedUpPastTheWholeByRounding_AreLaidOut()
    {
        // 9.1 + (30.3 - 9.1) is more than 30.3 in doubles, so that the rest of the time is less than nothing.
        var parts = RequestTimeline.Of(
            new StatsRow
            {
                QueueTimeMs = 9.1,
                LoadTimeMs = 29.3,
                TtftMs = 30.3,
                TotalTimeMs = 30.3,
                Stream = true,
            }
        );
        Assert.Equal(["queue", "load", "whole"], parts.Select(part => part.Key));
        Assert.All(parts, part => Assert.InRange(part.Start + part.Share, 0, 1.000001));
    }

    [Fact]
    public void PartsLongerThanTheWhole_AreCut()
    {
        var parts = RequestTimeline.Of(
            new StatsRow
            {
                QueueTimeMs = 40,
                PromptTimeMs = double.PositiveInfinity,
                GenerationTimeMs = 70,
                TotalTimeMs = 100,
            }
        );
        Assert.Equal([("queue", 40.0), ("prompt", 60.0), ("whole", 100.0)], parts.Select(part => (part.Key, part.Milliseconds)));
    }
}
