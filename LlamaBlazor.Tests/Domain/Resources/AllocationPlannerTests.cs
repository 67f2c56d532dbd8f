using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Resources;

public sealed class AllocationPlannerTests
{
    private const long Gb = 1L << 30;

    private static readonly GpuDevice[] Three = [new("CUDA0", 4 * Gb), new("CUDA1", 8 * Gb), new("CUDA2", 6 * Gb)];

    [Theory]
    [InlineData("best", 1, "CUDA1", 0)]
    [InlineData("best", 10, "CUDA1", 2)]
    [InlineData("auto", 7, "CUDA1", 0)]
    [InlineData("auto", 9, "CUDA1,CUDA2", 0)]
    [InlineData("auto", 0, "CUDA1", 0)]
    [InlineData("auto", 20, "CUDA0,CUDA1,CUDA2", 2)]
    [InlineData("all", 1, "CUDA0,CUDA1,CUDA2", 0)]
    public void Strategies_Choose(string strategy, int needGb, string expected, int missingGb)
    {
        var plan = AllocationPlanner.Plan("m", new GpuWish(strategy, false, [], needGb * Gb), Three, []);
        Assert.Equal((expected, missingGb * Gb), (string.Join(',', plan.Devices!), plan.Missing));
        Assert.Empty(plan.Reasons);
    }

    [Fact]
    public void HeldAlone_IsPassedBy_AndRefusedWhereNamed()
    {
        GpuHold[] holds = [new("CUDA1", "other", true, 0)];
        Assert.Equal(["CUDA2"], AllocationPlanner.Plan("m", new GpuWish("best", false, [], 0), Three, holds).Devices!);
        var named = AllocationPlanner.Plan("m", new GpuWish("manual", false, ["CUDA1"], 0), Three, holds);
        Assert.Contains("'other' alone", Assert.Single(named.Reasons).Message);
        Assert.Contains(
            "'other' alone",
            Assert.Single(AllocationPlanner.Plan("m", new GpuWish(null, false, ["CUDA1"], 0), [], holds).Reasons).Message
        );
    }

    [Fact]
    public void Exclusive_NeedsOneThatNobodyUses()
    {
        GpuHold[] holds = [new("CUDA1", "a", false, 0), new("CUDA2", "b", false, 0)];
        Assert.Equal(["CUDA0"], AllocationPlanner.Plan("m", new GpuWish("best", true, [], 0), Three, holds).Devices!);
        Assert.Equal(["CUDA0"], AllocationPlanner.Plan("m", new GpuWish(null, true, [], 0), Three, holds).Devices!);
        Assert.Contains("'a'", AllocationPlanner.Plan("m", new GpuWish(null, true, ["CUDA1"], 0), Three, holds).Reasons[0].Message);
    }

    [Fact]
    public void OrdinaryModel_KeepsOff_WhatSomebodyHasAlone()
    {
        GpuHold[] holds = [new("CUDA1", "other", true, 0)];
        var plan = AllocationPlanner.Plan("m", new GpuWish(null, false, [], 0), Three, holds);
        Assert.Equal(["CUDA0", "CUDA2"], plan.Devices!); // else its engine would take all three
        Assert.Null(AllocationPlanner.Plan("m", new GpuWish(null, false, [], 0), Three, [new("CUDA1", "other", false, 0)]).Devices);
        GpuHold[] all = [new("CUDA0", "a", true, 0), new("CUDA1", "b", true, 0), new("CUDA2", "c", true, 0)];
        Assert.Equal(3, AllocationPlanner.Plan("m", new GpuWish(null, false, [], 0), Three, all).Reasons.Count);
    }

    [Fact]
    public void DraftModel_HasItsOwnCards()
    {
        GpuWish Wish(long modelGb, long draftGb, string draft, bool isNone = false) =>
            new(null, false, isNone ? [] : ["CUDA0"], modelGb * Gb)
            {
                IsNone = isNone,
                Draft = new Dictionary<string, long> { [draft] = draftGb * Gb },
            };

        var apart = AllocationPlanner.Plan("m", Wish(4, 8, "CUDA1"), Three, []);
        Assert.Equal(("CUDA0", "CUDA0,CUDA1", 0L), (string.Join(',', apart.Devices!), string.Join(',', apart.Cards!), apart.Missing));
        Assert.Equal((4 * Gb, 8 * Gb), (apart.Shares!["CUDA0"], apart.Shares["CUDA1"]));
        var running = new Occupant(1, "m", "default", 0, true, false, false, TimeSpan.Zero, null)
        {
            Vram = 12 * Gb,
            Cards = apart.Cards,
            Shares = apart.Shares,
        };
        Assert.Equal(
            (4 * Gb, 8 * Gb, 0L),
            (running.BytesOn(Three[0], Three), running.BytesOn(Three[1], Three), running.BytesOn(Three[2], Three))
        );
        // the free GiB of the other card is no help
        Assert.Equal(1 * Gb, AllocationPlanner.Plan("m", Wish(3, 9, "CUDA1"), Three, []).Missing);
        Assert.Equal(2 * Gb, AllocationPlanner.Plan("m", Wish(4, 2, "CUDA0"), Three, []).Missing); // both on one card
        var alone = AllocationPlanner.Plan("m", Wish(0, 1, "CUDA2", isNone: true), Three, []);
        Assert.Equal(("CUDA2", true, true), (string.Join(',', alone.Cards!), alone.Devices is null, alone.IsFree));
        Assert.Null(
            AllocationPlanner
                .Plan("m", Wish(0, 1, "CUDA2", isNone: true) with { Strategy = "all" }, Three, [new("CUDA1", "other", true, 0)])
                .Devices
        ); // none stays none
        Assert.Contains(
            "Speculative tab",
            Assert.Single(AllocationPlanner.Plan("m", Wish(1, 1, "CUDA2"), Three, [new("CUDA2", "other", true, 0)]).Reasons).Message
        );
    }

    [Fact]
    public void TwoBuilds_NameTheSameCard_AndConflict()
    {
        GpuSample[] cards = [Card("nvidia0", "NVIDIA H100", 80_000, 0)];
        var cuda = Assert.Single(GpuDevice.Map([new("CUDA0", "NVIDIA H100", 80_000, 1)], cards));
        var vulkan = GpuDevice.Map([new("Vulkan0", "NVIDIA H100", 80_000, 1), new("CUDA0", "NVIDIA H100", 80_000, 1)], cards);
        Assert.Equal(["nvidia0", "nvidia0"], vulkan.Select(device => device.Card)); // one build may bring both backends
        EngineDevice[] unread =
        [
            new("CUDA0", "B", 9, 1),
            new("CUDA1", "B", 9, 1),
            new("Vulkan0", "B", 9, 1),
            new("Vulkan1", "B", 9, 1),
            new("Vulkan2", "C", 9, 1),
        ];
        Assert.Equal(["CUDA0", "CUDA1", "CUDA0", "CUDA1", "Vulkan2"], GpuDevice.Map(unread, []).Select(device => device.Card));
        var held = AllocationPlanner.Plan("a", new GpuWish(null, true, ["CUDA0"], 0), [cuda], []);
        Assert.Equal(["nvidia0"], held.Cards!);
        Assert.Single(
            AllocationPlanner.Plan("b", new GpuWish(null, false, ["Vulkan0"], 0), vulkan, [new GpuHold("nvidia0", "a", true, 0)]).Reasons
        );
    }

    [Fact]
    public void PromisedMemory_IsNotFree()
    {
        GpuHold[] holds = [new("CUDA1", "loading", false, 5 * Gb)];
        Assert.Equal(["CUDA2"], AllocationPlanner.Plan("m", new GpuWish("best", false, [], 5 * Gb), Three, holds).Devices!);
        Assert.Equal(Gb, AllocationPlanner.Plan("m", new GpuWish(null, false, [], 14 * Gb), Three, holds).Missing);
    }

    [Fact]
    public void WithoutGpus_OrWithoutFigures_NothingIsRefused()
    {
        Assert.Equal(GpuPlan.None, AllocationPlanner.Plan("m", new GpuWish("best", false, [], 9 * Gb), [], []));
        Assert.Equal(0, AllocationPlanner.Plan("m", new GpuWish("all", false, [], 9 * Gb), [new GpuDevice("CUDA0", null)], []).Missing);
        Assert.Equal(0, AllocationPlanner.Plan("m", new GpuWish(null, false, [], 9 * Gb), [new GpuDevice("CUDA0", null)], []).Missing);
    }

    [Fact]
    public void Devices_AreMapped_ByNameThenBySize()
    {
        EngineDevice[] engine =
        [
            new("CUDA0", "NVIDIA H100", 80_000, 1),
            new("CUDA1", "NVIDIA H100", 80_000, 1),
            new("Vulkan0", "RADV something", 16_000, 3),
            new("RPC0", "elsewhere", 9, 4),
        ];
        GpuSample[] cards =
        [
            Card("nvidia0", "NVIDIA H100", 80_000, 30_000),
            Card("nvidia1", "NVIDIA H100", 80_000, 10_000),
            Card("card1", "AMD GPU", 16_300, 300),
        ];
        Assert.Equal(
            [50_000L << 20, 70_000L << 20, 16_000L << 20, 4L << 20],
            GpuDevice.Map(engine, cards).Select(device => device.FreeBytes!.Value)
        );
    }

    [Fact]
    public void Renumbered_AsAContainerSeesThem() =>
        Assert.Equal(["CUDA0", "CUDA1", "Vulkan0"], GpuNames.Renumber(["CUDA1", "CUDA3", "Vulkan2"]));

    private static GpuSample Card(string id, string name, double total, double used) => new(id, name, null, used, total, null, null);
}
