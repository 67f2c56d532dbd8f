using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    public void Pauses_DoubleToAMinute(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RestartPolicy.PauseAfter(failures));

    [Fact]
    public void StartAttempts_CountLaunches()
    {
        var policy = new RestartPolicy(StartAttempts: 3);
        var first = policy.AfterFailedStart(FailureCount.None);
        var second = policy.AfterFailedStart(first.Failures);
        Assert.Equal((true, true, false), (first.IsRetry, second.IsRetry, policy.AfterFailedStart(second.Failures).IsRetry));
        Assert.Equal(TimeSpan.FromSeconds(2), second.Pause);
    }

    [Fact]
    public void RestartAttempts_CountWithinTenMinutes()
    {
        var policy = new RestartPolicy(RestartAttempts: 2);
        var count = FailureCount.None;
        for (var crash = 1; crash <= 2; crash++)
        {
            var decision = policy.AfterCrash(count, crash * Minute, (crash * Minute) + Second);
            Assert.True(decision.IsRetry);
            count = decision.Failures;
        }

        Assert.False(policy.AfterCrash(count, 3 * Minute, (3 * Minute) + Second).IsRetry);
    }

    [Fact]
    public void TenHealthyMinutes_ClearTheCount()
    {
        var decision = new RestartPolicy(RestartAttempts: 1).AfterCrash(new FailureCount(0, 1, TimeSpan.Zero), 5 * Minute, 15 * Minute);
        Assert.Equal((true, 1, TimeSpan.FromSeconds(1)), (decision.IsRetry, decision.Failures.Crashes, decision.Pause));
    }

    [Fact]
    public void Never_TriesNothing()
    {
        var policy = new RestartPolicy(RestartPolicy.Never);
        Assert.False(policy.AfterFailedStart(FailureCount.None).IsRetry);
        Assert.False(policy.AfterCrash(FailureCount.None, TimeSpan.Zero, Second).IsRetry);
    }

    [Theory]
    [InlineData(RestartPolicy.OnFailure, 0, true)]
    [InlineData(RestartPolicy.OnFailure, 1, false)]
    [InlineData(RestartPolicy.Never, 0, true)]
    [InlineData(RestartPolicy.Always, 0, false)]
    public void EndWithCode0_IsOrderly_UnlessAlways(string mode, int code, bool orderly) =>
        Assert.Equal(orderly, new RestartPolicy(mode).IsOrderlyEnd(code));

    [Fact]
    public void Requests_RetryAFailedModel_OnceAMinute()
    {
        Assert.True(RestartPolicy.MayStartOnDemand(null, TimeSpan.Zero));
        Assert.False(RestartPolicy.MayStartOnDemand(TimeSpan.Zero, Minute - Second));
        Assert.True(RestartPolicy.MayStartOnDemand(TimeSpan.Zero, Minute));
    }
}
