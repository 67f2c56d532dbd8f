using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Tests.Domain.Resources;

public sealed class AdmissionPolicyTests
{
    private const long Gb = 1L << 30;
    private const long Now = 1_000_000;

    private static readonly AdmissionPolicy Policy = new(new AdmissionLimits(), 2);
    private static readonly MachineState Calm = new(32 * Gb, 30 * Gb, 10, 0.5, 4);

    [Fact]
    public void RoomEnough_IsAdmitted()
    {
        var decision = Policy.Decide(Ask(8 * Gb), Calm, [Of(1)], null, Now);
        Assert.True(decision.Admitted);
        Assert.Empty(decision.WouldEvict);
    }

    [Fact]
    public void AllReasons_AreToldAtOnce()
    {
        Occupant[] busy = [Of(1) with { IsBusy = true }, Of(2) with { IsPinned = true, Project = "team" }];
        var request = Ask(40 * Gb) with { Project = "team", Gpus = new GpuPlan(["CUDA0"], [new AdmissionReason("gpu", "CUDA0 is held by 'm2' alone.")], 0) };
        var decision = Policy.Decide(request, Calm with { CpuPercent = 95, Load = 9 }, busy, new ProjectQuota("team", 1), Now);
        Assert.False(decision.Admitted);
        Assert.Equal(["cpu", "load", "gpu", "models_max", "quota", "memory"], decision.Reasons.Select(reason => reason.Code));
        Assert.All(decision.Reasons, reason => Assert.EndsWith(".", reason.Message));
        Assert.Empty(decision.WouldEvict);
    }

    [Fact]
    public void IdleOnes_WouldBeEvicted()
    {
        var decision = Policy.Decide(Ask(1), Calm, [Of(1), Of(2)], null, Now);
        Assert.True(decision.Admitted);
        Assert.Equal([1], decision.WouldEvict);
        Assert.False(Policy.Decide(Ask(1) with { MayEvict = false }, Calm, [Of(1), Of(2)], null, Now).Admitted);
    }

    [Theory]
    [InlineData(32, 20, 13, true)]  // 4.8 GiB must stay: 85 % of 32
    [InlineData(32, 20, 16, false)]
    [InlineData(8, 7, 2.9, true)]   // 4 GiB must stay
    [InlineData(8, 7, 3.1, false)]
    public void Memory_LeavesWhatMustStay(double total, double free, double needed, bool admitted)
    {
        var machine = Calm with { TotalMemory = (long)(total * Gb), FreeMemory = (long)(free * Gb) };
        Assert.Equal(admitted, Policy.Decide(Ask((long)(needed * Gb)), machine, [], null, Now).Admitted);
    }

    [Fact]
    public void MemoryOfAProject_IsKept()
    {
        var request = Ask(3 * Gb) with { Project = "team" };
        var others = new[] { Of(1) with { Project = "team", Memory = 2 * Gb } };
        Assert.True(Policy.Decide(request, Calm, others, new ProjectQuota("team", null, 5), Now).Admitted);
        Assert.Equal("quota", Assert.Single(Policy.Decide(request, Calm, others, new ProjectQuota("team", null, 4.9), Now).Reasons).Code);
    }

    [Fact]
    public void Unknown_RefusesNothing() =>
        Assert.True(Policy.Decide(Ask(100 * Gb), new MachineState(null, null, null, null, 4), [], null, Now).Admitted);

    [Fact]
    public void NoLimits_RefuseNothing() =>
        Assert.True(new AdmissionPolicy(AdmissionLimits.None, 0).Decide(Ask(Gb), Calm with { CpuPercent = 100, Load = 1000 }, [.. Enumerable.Range(1, 50).Select(id => Of(id))], null, Now).Admitted);

    private static AdmissionRequest Ask(long memory) => new(99, "new", "default", memory, GpuPlan.None);

    private static Occupant Of(long id) => new(id, $"m{id}", "default", Gb, true, false, false, 1, id);
}
