using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The line of starts that wait for a place.</summary>
public sealed class PendingStartsTests
{
    [Fact]
    public void Order_IsByPriority_ThenByTheTimeOfWaiting()
    {
        var line = new PendingStarts();
        foreach (
            var (model, priority, since) in new[]
            {
                (1L, 0L, 10L),
                (2L, 5L, 30L),
                (3L, 0L, 5L),
                (4L, -1L, 1L),
                (5L, 5L, 20L),
                (6L, 0L, 10L),
            }
        )
            line.Add(Entry(model, priority, since));
        // 3 waits longer than 1 though it came into the line later, as one that was evicting does; 6 came at the same moment as 1, after
        // it.
        Assert.Equal([5, 2, 3, 1, 6, 4], line.All.Select(entry => entry.Facts.ModelId));
    }

    [Fact]
    public void Leaving_MovesTheOthersUp_AndKeepsTheirOrder()
    {
        var line = new PendingStarts();
        var entries = Enumerable.Range(1, 4).Select(model => Entry(model, 0, model)).ToList();
        entries.ForEach(entry => line.Add(entry));
        line.Remove(entries[1]);
        line.Remove(entries[1]); // twice is no error
        Assert.Equal([1, 3, 4], line.All.Select(entry => entry.Facts.ModelId));
    }

    [Fact]
    public void OneMoves_UntilNobodyIsLeft()
    {
        var line = new PendingStarts();
        Assert.True(line.IsEmpty);
        var (first, second) = (Entry(1, 0, 1), Entry(2, 0, 2));
        Assert.True(line.Add(first)); // this one begins to move the line
        Assert.False(line.Add(second));
        Assert.False(line.IsEmpty);
        line.Remove(first);
        Assert.False(line.TryRest());
        line.Remove(second);
        Assert.True(line.TryRest());
        Assert.True(line.Add(Entry(3, 0, 3))); // nobody moves it any more
    }

    [Fact]
    public void ManyAtOnce_LoseNobody_AndOneOfThemMoves()
    {
        var line = new PendingStarts();
        var movers = 0;
        Parallel.For(
            1,
            501,
            model =>
            {
                if (line.Add(Entry(model, model % 3, model)))
                    Interlocked.Increment(ref movers);
            }
        );
        Assert.Equal(1, movers);
        Assert.Equal(
            Enumerable.Range(1, 500).OrderByDescending(model => model % 3).ThenBy(model => model).Select(model => (long)model),
            line.All.Select(entry => entry.Facts.ModelId)
        );
    }

    private static PendingStart Entry(long model, long priority, long since) =>
        new(
            new InstanceDefinition(model, $"m{model}", "model", false, null, "default", false, null, false, null, null, false, priority),
            new StartDemand(0, 0, 0, new GpuWish(null, false, [], 0), []),
            new CurrentStartOptions(StartOptions.Now, TimeProvider.System),
            _ => { },
            since
        );
}
