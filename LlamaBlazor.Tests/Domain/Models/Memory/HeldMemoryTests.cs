using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

public sealed class HeldMemoryTests
{
    [Theory]
    [InlineData(InstancePhase.Running, 100.0, 2048.5, 100L << 20, (2048L << 20) + (1 << 19))]
    [InlineData(InstancePhase.Running, 100.0, 0.0, 100L << 20, null)]
    [InlineData(InstancePhase.Running, 100.0, null, 100L << 20, null)]
    public void RunningProcess_HoldsMainMemory_AndThatOfGpusWhereADriverTells(
        InstancePhase phase,
        double? resident,
        double? vram,
        long host,
        long? gpus
    ) => Assert.Equal(new HeldMemory(host, gpus), HeldMemory.Of(Taken(phase, resident, vram), 7));

    [Theory]
    [InlineData(InstancePhase.Loading, 100.0, 7)]
    [InlineData(InstancePhase.Running, null, 7)]
    [InlineData(InstancePhase.Running, 100.0, 8)]
    public void Others_HoldNothingThatIsKnown(InstancePhase phase, double? resident, long model) =>
        Assert.Null(HeldMemory.Of(Taken(phase, resident, 5), model));

    [Fact]
    public void NoSample_IsNothing() => Assert.Null(HeldMemory.Of(null, 7));

    private static Sample Taken(InstancePhase phase, double? resident, double? vram) =>
        new()
        {
            Timestamp = 1,
            Instances = [new InstanceSample(7, "m", phase, null, resident, null, null, null, null, null) { Vram = vram }],
        };
}
