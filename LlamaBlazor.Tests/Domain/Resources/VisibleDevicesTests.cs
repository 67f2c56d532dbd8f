using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Resources;

/// <summary>Which card of the machine an engine's device is, where variables let the engine see a part of them.</summary>
public sealed class VisibleDevicesTests
{
    [Theory]
    [InlineData("CUDA_VISIBLE_DEVICES", "1", "CUDA0", "CUDA1")]
    [InlineData("CUDA_VISIBLE_DEVICES", "2,0", "CUDA0,CUDA1", "CUDA2,CUDA0")]
    [InlineData("CUDA_VISIBLE_DEVICES", " 3 , 1 ", "CUDA0,CUDA1", "CUDA3,CUDA1")]
    [InlineData("CUDA_VISIBLE_DEVICES", "2,-1,0", "CUDA0", "CUDA2")]
    [InlineData("CUDA_VISIBLE_DEVICES", "GPU-8f1e", "CUDA0", "CUDA0")]
    [InlineData("CUDA_VISIBLE_DEVICES", "", "CUDA0,CUDA1", "CUDA0,CUDA1")]
    [InlineData("CUDA_VISIBLE_DEVICES", "1", "Vulkan0,CUDA0", "Vulkan0,CUDA1")]
    [InlineData("HIP_VISIBLE_DEVICES", "1", "ROCm0", "ROCm1")]
    [InlineData("ROCR_VISIBLE_DEVICES", "1", "ROCm0", "ROCm1")]
    [InlineData("GGML_VK_VISIBLE_DEVICES", "1", "Vulkan0", "Vulkan1")]
    [InlineData("GGML_VK_VISIBLE_DEVICES", "1", "CUDA0", "CUDA0")]
    public void Cards_AreThoseThatTheVariableNames(string variable, string value, string listed, string cards)
    {
        var seen = VisibleDevices.Place(
            [.. listed.Split(',').Select(name => new EngineDevice(name, "Card", 8000, 7000))],
            new Dictionary<string, string> { [variable] = value }
        );
        Assert.Equal(listed.Split(','), seen.Select(device => device.Name)); // as the engine must be told
        Assert.Equal(cards.Split(','), GpuDevice.Map(seen, []).Select(device => device.Card));
    }

    [Fact]
    public void OfEqualCards_TheDriversReadingAtThatPlaceIsTaken()
    {
        GpuSample[] readings = [Reading("nvidia-0", 1000), Reading("nvidia-1", 20000)];
        var seen = VisibleDevices.Place(
            [new EngineDevice("CUDA0", "Twin", 24000, 3000)],
            new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = "1" }
        );
        var device = Assert.Single(GpuDevice.Map(seen, readings));
        Assert.Equal(("nvidia-1", 4000L << 20), (device.Card, device.FreeBytes));
    }

    [Fact]
    public void NameThatIsCountedAnew_IsNotTheCardThatOthersCallSo()
    {
        var device = Assert.Single(
            GpuDevice.Map(
                VisibleDevices.Place(
                    [new EngineDevice("CUDA0", "Card", 8000, 7000)],
                    new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = "1" }
                ),
                []
            )
        );
        Assert.True(device.Is("CUDA1"));
        Assert.False(device.Is("CUDA0"));
    }

    private static GpuSample Reading(string id, double used) => new(id, "Twin", null, used, 24000, null, null);
}
