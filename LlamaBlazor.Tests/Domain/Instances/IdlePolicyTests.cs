using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class IdlePolicyTests
{
    private static readonly Occupant Engine = new(1, "m", "default", 0, true, false, false, 1000, null);

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(true, null, true)] // requests at work are no success
    [InlineData(true, 90_000L, false)] // a token has come
    [InlineData(false, 40_000L, true)]
    public void SilentEngine_IsLookedAt_AlsoWhileRequestsWait(bool busy, long? succeeded, bool expected) =>
        Assert.Equal(
            expected,
            IdlePolicy.NeedsProbe(Engine with { IsBusy = busy, LastUsedAt = 99_999, LastSucceededAt = succeeded }, 60, 0, 100_000)
        );

    [Fact]
    public void ClockThatIsSetBack_HoldsNothingUpForLongerThanItsTime()
    {
        const long Set = 100_000_000; // all that is known happened about then; now it is an hour or a moment earlier
        var used = Engine with { ReadyAt = Set, LastUsedAt = Set, LastSucceededAt = Set };
        Assert.False(IdlePolicy.IsExpired(used, 60, Set - 1000));
        Assert.True(IdlePolicy.IsExpired(used, 60, Set - 3_600_000));
        Assert.True(IdlePolicy.NeedsProbe(used, 60, Set, Set - 3_600_000));
        Assert.False(IdlePolicy.NeedsProbe(used, 60, Set - 3_600_000, Set - 3_600_000)); // and not again at once
        Assert.False(IdlePolicy.NeedsProbe(used, 60, Set, Set - 1000));
    }

    [Fact]
    public void FreshSwitchedOffOrStopped_IsNot()
    {
        Assert.False(IdlePolicy.NeedsProbe(Engine with { ReadyAt = 90_000 }, 60, 0, 100_000));
        Assert.False(IdlePolicy.NeedsProbe(Engine, 0, 0, 100_000));
        Assert.False(IdlePolicy.NeedsProbe(Engine with { IsRunning = false }, 60, 0, 100_000));
        Assert.False(IdlePolicy.NeedsProbe(Engine, 60, 50_000, 100_000));
    }
}
