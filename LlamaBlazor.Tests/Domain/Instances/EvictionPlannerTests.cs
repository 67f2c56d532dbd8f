using FsCheck;
using FsCheck.Fluent;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class EvictionPlannerTests
{
    private const long Now = 1_000_000; // milliseconds; what is said of use is before it
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(5);

    [Fact]
    public void LongestIdle_GoesFirst() =>
        Assert.Equal([2], EvictionPlanner.Plan([Of(1, used: 900_000), Of(2, used: 100_000), Of(3, used: 500_000)], Need(instances: 1)));

    [Fact]
    public void BusyPinnedLoadingAndFresh_AreLeftAlone()
    {
        Occupant[] others =
        [
            Of(1) with
            {
                IsBusy = true,
            },
            Of(2) with
            {
                IsPinned = true,
            },
            Of(3) with
            {
                IsRunning = false,
            },
            Of(4) with
            {
                WarmFor = TimeSpan.FromMilliseconds(1000),
            },
        ];
        Assert.Null(EvictionPlanner.Plan(others, Need(instances: 1)));
    }

    [Fact]
    public void Memory_TakesAsManyAsNeeded_AndNoMore()
    {
        // The small one is idle longest, but the big one alone is enough.
        Assert.Equal([2], EvictionPlanner.Plan([Of(1, memory: 1, used: 1), Of(2, memory: 10, used: 2)], Need(memory: 10)));
        Assert.Equal([1, 2], EvictionPlanner.Plan([Of(1, memory: 1, used: 1), Of(2, memory: 10, used: 2)], Need(memory: 11))!.Order());
    }

    [Fact]
    public void Quota_IsMetByTheSameProject() =>
        Assert.Equal(
            [2],
            EvictionPlanner.Plan([Of(1, used: 1), Of(2, used: 2) with { Project = "team" }], new EvictionNeed(0, 0, "team", 1))
        );

    [Fact]
    public void NextWarm_IsTheEndOfTheFirstWarmTime()
    {
        Occupant[] others =
        [
            Of(1) with
            {
                WarmFor = TimeSpan.FromMilliseconds(1000),
            },
            Of(2) with
            {
                WarmFor = TimeSpan.FromMilliseconds(4000),
            },
            Of(3) with
            {
                WarmFor = TimeSpan.FromMilliseconds(4900),
                IsPinned = true,
            },
            Of(4),
        ];
        Assert.Equal(TimeSpan.FromSeconds(1), EvictionPlanner.NextWarm(others));
        Assert.Null(EvictionPlanner.NextWarm([Of(4)]));
    }

    [Fact]
    public void Plans_MeetTheNeed_AreMinimal_AndTouchNobodyTheyMayNot() =>
        Prop.ForAll(
                Cases(),
                pair =>
                {
                    var (others, need) = pair;
                    var plan = EvictionPlanner.Plan(others, need);
                    var allowed = others.Where(EvictionPlanner.MayEvict).ToList();
                    if (plan is null)
                        return !need.IsMetBy(allowed);
                    var victims = others.Where(other => plan.Contains(other.ModelId)).ToList();
                    return need.IsMetBy(victims)
                        && victims.All(allowed.Contains)
                        && victims.All(victim => !need.IsMetBy([.. victims.Where(other => other != victim)]));
                }
            )
            .QuickCheckThrowOnFailure();

    private static Arbitrary<(Occupant[] Others, EvictionNeed Need)> Cases()
    {
        var occupant =
            from memory in Gen.Choose(0, 20)
            from used in Gen.Choose(0, 900_000)
            from flags in Gen.Choose(0, 15)
            select new Occupant(0, "m", flags > 12 ? "team" : "default", memory, flags != 0, flags == 1, flags == 2, Ago(1), Ago(used))
            {
                MinimumWarm = Warm,
            };
        return (
            from count in Gen.Choose(0, 8)
            from some in occupant.ArrayOf(count)
            from instances in Gen.Choose(0, 4)
            from memory in Gen.Choose(0, 60)
            from project in Gen.Choose(0, 2)
            select (
                some.Select((one, index) => one with { ModelId = index + 1 }).ToArray(),
                new EvictionNeed(instances, memory, "team", project)
            )
        ).ToArbitrary();
    }

    private static EvictionNeed Need(int instances = 0, long memory = 0) => new(instances, memory, "default", 0);

    private static TimeSpan Ago(long at) => TimeSpan.FromMilliseconds(Now - at);

    private static Occupant Of(long id, long memory = 1, long used = 1) =>
        new(id, $"m{id}", "default", memory, true, false, false, Ago(1), Ago(used)) { MinimumWarm = Warm };
}
