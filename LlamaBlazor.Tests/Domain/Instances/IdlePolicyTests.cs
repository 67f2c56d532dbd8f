using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class IdlePolicyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(100);
    private static readonly Occupant Engine = new(1, "m", "default", 0, true, false, false, TimeSpan.FromSeconds(99), null);

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(true, null, true)] // requests at work are no success
    [InlineData(true, 10, false)] // a token has come
    [InlineData(false, 60, true)]
    public void SilentEngine_IsLookedAt_AlsoWhileRequestsWait(bool busy, int? succeededAgo, bool expected)
    {
        var engine = Engine with
        {
            IsBusy = busy,
            UnusedFor = TimeSpan.FromSeconds(1),
            SucceededAgo = succeededAgo is { } ago ? TimeSpan.FromSeconds(ago) : null,
        };
        Assert.Equal(expected, IdlePolicy.NeedsProbe(engine, 60, Long));
    }

    [Fact]
    public void FreshSwitchedOffOrStopped_IsNotLookedAt()
    {
        Assert.False(IdlePolicy.NeedsProbe(Engine with { WarmFor = TimeSpan.FromSeconds(10) }, 60, Long));
        Assert.False(IdlePolicy.NeedsProbe(Engine, 0, Long));
        Assert.False(IdlePolicy.NeedsProbe(Engine with { IsRunning = false }, 60, Long));
        Assert.False(IdlePolicy.NeedsProbe(Engine, 60, TimeSpan.FromSeconds(50)));
    }

    [Theory]
    [InlineData(100, null, 60, true)] // never used: from when it was ready
    [InlineData(100, 60, 60, true)]
    [InlineData(100, 59, 60, false)] // its last request ended later
    [InlineData(59, 100, 60, false)] // and was ready later than another one's end
    [InlineData(100, 100, 0, false)] // switched off
    public void IdleTime_CountsFromTheLastUse(int warm, int? unused, long ttl, bool expected)
    {
        var engine = Engine with
        {
            WarmFor = TimeSpan.FromSeconds(warm),
            UnusedFor = unused is { } since ? TimeSpan.FromSeconds(since) : null,
        };
        Assert.Equal(expected, IdlePolicy.IsExpired(engine, ttl));
        Assert.False(IdlePolicy.IsExpired(engine with { IsBusy = true }, ttl));
        Assert.False(IdlePolicy.IsExpired(engine with { IsPinned = true }, ttl));
    }
}
