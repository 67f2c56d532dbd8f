using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Tests.Domain.Resources;

public sealed class AdmissionPolicyTests
{
    private const long Gb = 1L << 30;

    private static readonly AdmissionPolicy Policy = new(new AdmissionLimits(), 2);
    private static readonly MachineState Calm = new(32 * Gb, 30 * Gb, 10, 0.5, 4);

    [Fact]
    public void RoomEnough_IsAdmitted()
    {
        var decision = Policy.Decide(Ask(8 * Gb), Calm, [Of(1)], null);
        Assert.True(decision.Admitted);
        Assert.Empty(decision.WouldEvict);
    }

    [Fact]
    public void AllReasons_AreToldAtOnce()
    {
        Occupant[] busy = [Of(1) with { IsBusy = true }, Of(2) with { IsPinned = true, Project = "team" }];
        var request = Ask(40 * Gb) with
        {
            Project = "team",
            Gpus = new GpuQuestion("new", new GpuWish(null, false, ["CUDA0"], 0), [], [new GpuHold("CUDA0", "m9", true, 0)]),
        };
        var strict = Policy with { Limits = new AdmissionLimits(MaxCpuPercent: 90, MaxLoadPerCore: 2) };
        var decision = strict.Decide(request, Calm with { CpuPercent = 95, Load = 9 }, busy, new ProjectQuota("team", 1));
        Assert.False(decision.Admitted);
        Assert.Equal(["cpu", "load", "gpu", "models_max", "quota", "memory"], decision.Reasons.Select(reason => reason.Code));
        Assert.All(decision.Reasons, reason => Assert.EndsWith(".", reason.Message));
        Assert.Empty(decision.WouldEvict);
    }

    [Fact]
    public void IdleOnes_WouldBeEvicted()
    {
        var decision = Policy.Decide(Ask(1), Calm, [Of(1), Of(2)], null);
        Assert.True(decision.Admitted);
        Assert.Equal([1], decision.WouldEvict);
        Assert.False(Policy.Decide(Ask(1) with { MayEvict = false }, Calm, [Of(1), Of(2)], null).Admitted);
    }

    [Theory]
    [InlineData(32, 20, 13, true)] // 4.8 GiB must stay: 85 % of 32
    [InlineData(32, 20, 16, false)]
    [InlineData(8, 7, 2.9, true)] // 4 GiB must stay
    [InlineData(8, 7, 3.1, false)]
    public void Memory_LeavesWhatMustStay(double total, double free, double needed, bool admitted)
    {
        var machine = Calm with { TotalMemory = (long)(total * Gb), FreeMemory = (long)(free * Gb) };
        Assert.Equal(admitted, Policy.Decide(Ask((long)(needed * Gb)), machine, [], null).Admitted);
    }

    [Fact]
    public void MemoryOfAProject_IsKept()
    {
        var request = Ask(3 * Gb) with { Project = "team" };
        var others = new[] { Of(1) with { Project = "team", Memory = 2 * Gb, IsPinned = true } };
        Assert.True(Policy.Decide(request, Calm, others, new ProjectQuota("team", null, 5)).Admitted);
        Assert.Equal("quota", Assert.Single(Policy.Decide(request, Calm, others, new ProjectQuota("team", null, 4.9)).Reasons).Code);
    }

    [Fact]
    public void ShareOfAProject_IsMadeFree_ByItsOwnIdleModels()
    {
        var request = Ask(3 * Gb) with { Project = "Team", Cores = 2 };
        Occupant[] others = [Of(1), Of(2) with { Project = "team", Memory = 2 * Gb, Cores = 2, Cards = ["CUDA0"] }];
        Assert.Equal(
            [2],
            new AdmissionPolicy(new AdmissionLimits(), 0).Decide(request, Calm, others, new ProjectQuota("team", null, 4)).WouldEvict
        );
        Assert.Equal(
            [2],
            new AdmissionPolicy(new AdmissionLimits(), 0)
                .Decide(request, Calm, others, new ProjectQuota("team", null) { MaxCores = 3 })
                .WouldEvict
        );
        var wish = request with
        {
            Gpus = new GpuQuestion("new", new GpuWish("best", false, [], 0), [new("CUDA0", Gb), new("CUDA1", 2 * Gb)], []),
        };
        Assert.Equal(
            [2],
            new AdmissionPolicy(new AdmissionLimits(), 0)
                .Decide(wish, Calm, others, new ProjectQuota("team", null) { MaxGpus = 1 })
                .WouldEvict
        );
        Assert.Equal(
            "quota",
            Assert
                .Single(
                    new AdmissionPolicy(new AdmissionLimits(), 0).Decide(request, Calm, others, new ProjectQuota("team", null, 2.9)).Reasons
                )
                .Code
        ); // alone it is too much
    }

    [Fact]
    public void HolderOfAGpu_IsEvicted_ForOneThatNeedsItAlone_AReservationIsNot()
    {
        GpuDevice[] cards = [new("CUDA0", 4 * Gb), new("CUDA1", 4 * Gb)];
        Occupant[] others = [Of(1) with { Cards = ["CUDA0"] }, Of(2) with { Cards = ["CUDA1"] }];
        GpuHold[] holds = [new("CUDA0", "m1", false, 0), new("CUDA1", "m2", false, 0)];
        var request = Ask(1) with { Gpus = new GpuQuestion("new", new GpuWish(null, true, ["CUDA1"], 0), cards, holds) };
        var decision = new AdmissionPolicy(new AdmissionLimits(), 0).Decide(request, Calm, others, null);
        Assert.Equal([2], decision.WouldEvict); // though the other one is idle longer
        var reserved = request with { Gpus = request.Gpus with { Holds = [holds[0], holds[1] with { IsReservation = true }] } };
        Assert.Equal("gpu", Assert.Single(new AdmissionPolicy(new AdmissionLimits(), 0).Decide(reserved, Calm, others, null).Reasons).Code);
    }

    [Fact]
    public void GpuMemory_CountsOnTheCardThatIsWanted()
    {
        GpuDevice[] cards = [new("CUDA0", Gb) { Card = "nvidia0" }, new("CUDA1", Gb) { Card = "nvidia1" }];
        Occupant[] others = [Of(1) with { Cards = ["nvidia0"], Vram = 6 * Gb }, Of(2) with { Cards = ["nvidia1"], Vram = 6 * Gb }];
        var request = Ask(1) with { Vram = 5 * Gb, Gpus = new GpuQuestion("new", new GpuWish(null, false, ["CUDA1"], 5 * Gb), cards, []) };
        Assert.Equal([2], new AdmissionPolicy(new AdmissionLimits(), 0).Decide(request, Calm, others, null).WouldEvict);
        Assert.Equal(
            "vram",
            Assert
                .Single(new AdmissionPolicy(new AdmissionLimits(), 0).Decide(request with { MayEvict = false }, Calm, others, null).Reasons)
                .Code
        );
    }

    [Fact]
    public void OneThatEndsAlready_IsWaitedFor_BeforeAnybodyIsStopped()
    {
        Occupant[] others = [Of(1), Of(2) with { IsRunning = false, IsStopping = true, IsPinned = true }];
        var decision = Policy.Decide(Ask(1) with { MayEvict = false }, Calm, others, null);
        Assert.True(decision.Admitted);
        Assert.Empty(decision.WouldEvict);
        Assert.Equal([2], decision.Awaits);
        Assert.False(decision.IsImmediate);
    }

    [Fact]
    public void BusyProcessor_IsAWarning_UnlessALimitIsSet()
    {
        var busy = Calm with { CpuPercent = 100, Load = 40 };
        var decision = Policy.Decide(Ask(Gb), busy, [], null);
        Assert.True(decision is { Admitted: true, IsImmediate: true });
        Assert.Equal(["cpu", "load"], decision.Warnings.Select(warning => warning.Code));
        Assert.Contains("100 %", decision.Warnings[0].Message);
        Assert.Empty(Policy.Decide(Ask(Gb), Calm with { CpuPercent = 90, Load = 8 }, [], null).Warnings);
        var limited = (Policy with { Limits = new AdmissionLimits(MaxCpuPercent: 80) }).Decide(
            Ask(Gb),
            Calm with
            {
                CpuPercent = 81,
                Load = 40,
            },
            [],
            null
        );
        Assert.Equal(
            (false, false, "cpu", "load"),
            (limited.Admitted, limited.IsNever, Assert.Single(limited.Reasons).Code, Assert.Single(limited.Warnings).Code)
        );
    }

    [Theory]
    [InlineData(27, false)] // 32 GiB, of which 4.8 must stay: when others have ended
    [InlineData(28, true)]
    public void MoreThanTheMachineHas_IsNever(int needGb, bool isNever)
    {
        var decision = Policy.Decide(Ask(needGb * Gb) with { MayEvict = false }, Calm with { FreeMemory = 10 * Gb }, [Of(1)], null);
        Assert.Equal((false, isNever), (decision.Admitted, decision.IsNever));
        Assert.Equal(isNever, decision.Reasons[0].Message.Contains("more than this machine has", StringComparison.Ordinal));
    }

    [Fact]
    public void MoreThanTheProjectOrTheCardsHave_IsNever()
    {
        bool IsNever(AdmissionRequest request, ProjectQuota? quota) =>
            Policy.Decide(request, Calm, [], quota) is { Admitted: false, IsNever: true };
        var request = Ask(3 * Gb) with { Project = "team", Cores = 4 };
        Assert.True(IsNever(request, new ProjectQuota("team", null, 2.9)));
        Assert.True(IsNever(request, new ProjectQuota("team", null) { MaxCores = 3 }));
        Assert.True(IsNever(request, new ProjectQuota("team", 0)));
        GpuDevice[] cards = [new("CUDA0", 0) { TotalBytes = 8 * Gb }];
        GpuQuestion Wants(int gb) => new("new", new GpuWish("best", false, [], gb * Gb), cards, []);
        Assert.True(IsNever(Ask(1) with { Gpus = Wants(9) }, null));
        Assert.False(IsNever(Ask(1) with { Gpus = Wants(7) }, null)); // the card is full now
    }

    [Fact]
    public void Unknown_RefusesNothing() =>
        Assert.True(Policy.Decide(Ask(100 * Gb), new MachineState(null, null, null, null, 4), [], null).Admitted);

    [Fact]
    public void NoLimits_RefuseNothing() =>
        Assert.True(
            new AdmissionPolicy(AdmissionLimits.None, 0)
                .Decide(Ask(Gb), Calm with { CpuPercent = 100, Load = 1000 }, [.. Enumerable.Range(1, 50).Select(id => Of(id))], null)
                .Admitted
        );

    private static AdmissionRequest Ask(long memory) => new(99, "new", "default", memory, GpuQuestion.None);

    private static Occupant Of(long id) =>
        new(id, $"m{id}", "default", Gb, true, false, false, TimeSpan.FromHours(1), TimeSpan.FromHours(1))
        {
            MinimumWarm = TimeSpan.FromSeconds(5),
        };
}
