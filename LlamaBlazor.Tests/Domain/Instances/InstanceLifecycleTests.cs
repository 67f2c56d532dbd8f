using LlamaBlazor.Domain.Instances;
using static LlamaBlazor.Domain.Instances.InstanceEvent;

namespace LlamaBlazor.Tests.Domain.Instances;

public sealed class InstanceLifecycleTests
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(20);

    private static readonly RestartPolicy Policy = new(StartAttempts: 2, RestartAttempts: 1);

    private static readonly Dictionary<string, InstanceEvent> Events = new()
    {
        ["start"] = new StartRequested(),
        ["stop"] = new StopRequested(),
        ["restart"] = new RestartRequested(),
        ["launched"] = new Launched(),
        ["launch-failed"] = new LaunchFailed("no engine"),
        ["stage"] = new StageChanged(),
        ["no-place"] = new Refused("full"),
        ["ready"] = new BecameReady(),
        ["exit"] = new Exited(new StartOutcome(1, null, false, "it broke")),
        ["exit-0"] = new Exited(new StartOutcome(0, null, false, "it ended")),
        ["refused"] = new Exited(new StartOutcome(1, null, true, "it refused")),
        ["port"] = new Exited(new StartOutcome(1, null, false, "its port was taken") { IsPortTaken = true }),
        ["limit"] = new StartLimitReached("too slow"),
        ["hung"] = new Hung("no answer"),
        ["backoff"] = new BackoffElapsed(),
    };

    /// <summary>Rows: states. In each, for each event: next phase and effects.</summary>
    public static TheoryData<InstancePhase, string, InstancePhase, string> Pairs()
    {
        var data = new TheoryData<InstancePhase, string, InstancePhase, string>();
        foreach (
            var (phase, expectations) in new (InstancePhase, string)[]
            {
                (InstancePhase.Stopped, "start:Loading:Launch restart:Loading:Launch"),
                (
                    InstancePhase.Loading,
                    "stop:Stopping:Terminate restart:Stopping:Terminate launch-failed:Failed no-place:Stopped ready:Running "
                        + "exit:Backoff:ScheduleRetry exit-0:Backoff:ScheduleRetry refused:Failed limit:Stopping:Terminate "
                        + "port:Loading:Launch"
                ),
                (
                    InstancePhase.Running,
                    "stop:Stopping:Terminate restart:Stopping:Terminate launch-failed:Backoff:ScheduleRetry "
                        + "no-place:Backoff:ScheduleRetry exit:Backoff:ScheduleRetry exit-0:Stopped refused:Backoff:ScheduleRetry "
                        + "port:Backoff:ScheduleRetry hung:Stopping:Terminate"
                ),
                (
                    InstancePhase.Stopping,
                    "launched:Stopping:Terminate launch-failed:Stopped no-place:Stopped exit:Stopped exit-0:Stopped refused:Stopped "
                        + "port:Stopped"
                ),
                (
                    InstancePhase.Backoff,
                    "start:Loading:CancelRetry,Launch stop:Stopped:CancelRetry restart:Loading:CancelRetry,Launch backoff:Loading:Launch"
                ),
                (InstancePhase.Failed, "start:Loading:Launch stop:Stopped restart:Loading:Launch"),
            }
        )
        {
            var changes = expectations.Split(' ').Select(word => word.Split(':')).ToDictionary(parts => parts[0]);
            foreach (var name in Events.Keys)
            {
                var change = changes.GetValueOrDefault(name);
                data.Add(
                    phase,
                    name,
                    change is null ? phase : Enum.Parse<InstancePhase>(change[1]),
                    change is [_, _, var effects] ? effects : ""
                );
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void EveryPair_HasItsRule(InstancePhase phase, string happened, InstancePhase next, string effects)
    {
        var transition = Apply(InstanceState.Initial with { Phase = phase }, happened);
        Assert.Equal(next, transition.State.Phase);
        Assert.Equal(effects, string.Join(',', transition.Effects));
    }

    [Fact]
    public void StartWhileStopping_StartsAgain_UnlessStoppedOnceMore()
    {
        var stopping = InstanceState.Initial with { Phase = InstancePhase.Stopping };
        Assert.Equal(InstancePhase.Loading, Run(stopping, "start", "exit").Phase);
        Assert.Equal(InstancePhase.Stopped, Run(stopping, "start", "stop", "exit").Phase);
        Assert.Equal(InstancePhase.Loading, Run(InstanceState.Initial, "start", "ready", "restart", "exit").Phase);
    }

    [Fact]
    public void StartLimit_Fails_WithItsReason_AndStays()
    {
        var failed = Run(InstanceState.Initial, "start", "limit", "exit");
        Assert.Equal((InstancePhase.Failed, "too slow"), (failed.Phase, failed.Reason));
    }

    [Fact]
    public void Hang_IsRestarted_LikeACrash()
    {
        var waiting = Run(InstanceState.Initial, "start", "ready", "hung", "exit");
        Assert.Equal((InstancePhase.Backoff, "no answer"), (waiting.Phase, waiting.Reason));
        Assert.Equal(InstancePhase.Failed, Run(waiting, "backoff", "ready", "hung", "exit").Phase);
    }

    [Fact]
    public void StopAfterHang_Stops_AndStartAfterHang_StartsAtOnce()
    {
        Assert.Equal(InstancePhase.Stopped, Run(InstanceState.Initial, "start", "ready", "hung", "stop", "exit").Phase);
        Assert.Equal(InstancePhase.Loading, Run(InstanceState.Initial, "start", "ready", "hung", "start", "exit").Phase);
    }

    [Fact]
    public void LostPorts_AreNoFailures_ButNotWithoutEnd()
    {
        var third = Run(InstanceState.Initial, "start", "port", "port", "port");
        Assert.Equal((InstancePhase.Loading, FailureCount.None), (third.Phase, third.Failures));
        Assert.Equal(InstancePhase.Backoff, Run(third, "port").Phase);
        Assert.Equal(InstancePhase.Failed, Run(third, "port", "backoff", "port").Phase);
        Assert.Equal(0, Run(third, "ready").LostPorts);
    }

    [Fact]
    public void EarlyExits_AreTriedAsOftenAsAllowed()
    {
        var second = Run(InstanceState.Initial, "start", "exit", "backoff");
        Assert.Equal(InstancePhase.Loading, second.Phase);
        var failed = Run(second, "exit");
        Assert.Equal((InstancePhase.Failed, "it broke", Now), (failed.Phase, failed.Reason, failed.FailedAt));
    }

    [Fact]
    public void StartByHand_ForgetsEarlierFailures() =>
        Assert.Equal(InstancePhase.Backoff, Run(InstanceState.Initial, "start", "exit", "backoff", "exit", "start", "exit").Phase);

    [Fact]
    public void Running_HasNoReason_AndFailed_HasNoReadyTime()
    {
        Assert.Null(Run(InstanceState.Initial, "start", "exit", "backoff", "ready").Reason);
        Assert.Null(Run(InstanceState.Initial, "start", "ready", "exit").ReadyAt);
    }

    [Theory]
    [InlineData(InstancePhase.Stopped, "stopped", "stopped", "stopped")]
    [InlineData(InstancePhase.Loading, "loading", "loading", "loading")]
    [InlineData(InstancePhase.Running, "running", "ready", "running")]
    [InlineData(InstancePhase.Stopping, "stopping", "stopping", "running")]
    [InlineData(InstancePhase.Backoff, "error", "backoff", "error")]
    [InlineData(InstancePhase.Failed, "error", "failed", "error")]
    public void Phases_HaveTheirWords(InstancePhase phase, string status, string runtime, string model) =>
        Assert.Equal((status, runtime, model), (phase.Status(), phase.RuntimeStatus(), phase.ModelStatus()));

    private static InstanceTransition Apply(InstanceState state, string happened) =>
        InstanceLifecycle.Apply(state, Events[happened], Policy, Now);

    private static InstanceState Run(InstanceState state, params string[] happened) =>
        happened.Aggregate(state, (before, name) => Apply(before, name).State);
}
