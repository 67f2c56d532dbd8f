using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Resources;

/// <summary>Devices as engines list them: which are GPUs, which share the main memory, and which are chosen.</summary>
public sealed class DeviceKindTests
{
    private const long Gb = 1L << 30;
    private const long Host = 64 * Gb;

    [Theory]
    [InlineData("Vulkan1: llvmpipe (LLVM 20.1.2, 256 bits) (64090 MiB, 64090 MiB free)")]
    [InlineData("Vulkan0: SwiftShader Device (LLVM 10.0.0) (16000 MiB, 16000 MiB free)")]
    [InlineData("Vulkan0: lavapipe (16000 MiB, 16000 MiB free)")]
    [InlineData("Vulkan0: Microsoft Basic Render Driver (16000 MiB, 16000 MiB free)")]
    [InlineData("BLAS: Accelerate (0 MiB, 0 MiB free)")]
    [InlineData("BLAS: OpenBLAS (0 MiB, 0 MiB free)")]
    [InlineData("HTP0: Hexagon (0 MiB, 0 MiB free)")]
    [InlineData("GPUOpenCL: Unknown (0 MiB, 0 MiB free)")]
    [InlineData("GPUOpenCL: cpu-haswell-Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz (31900 MiB, 31900 MiB free)")]
    [InlineData("SYCL1: Intel(R) Xeon(R) Gold 6430 (257000 MiB, 257000 MiB free)")]
    [InlineData("SYCL2: 13th Gen Intel(R) Core(TM) i9-13900K (64000 MiB, 64000 MiB free)")]
    [InlineData("GPUOpenCL: AMD Ryzen 9 7950X 16-Core Processor (64000 MiB, 64000 MiB free)")]
    [InlineData("CPU: AMD EPYC 9654 (64000 MiB, 64000 MiB free)")]
    public void Processors_AreNoGpus(string line) => Assert.Equal(DeviceKind.NoGpu, Of(line));

    [Theory]
    [InlineData("MTL0: Apple M3 Max (98304 MiB, 98303 MiB free)")]
    [InlineData("Metal: Apple M1 (10922 MiB, 10922 MiB free)")]
    [InlineData("ROCm0: Radeon 8060S Graphics (98304 MiB, 89816 MiB free)")]
    [InlineData("ROCm1: AMD Radeon Graphics (31000 MiB, 30000 MiB free)")]
    [InlineData("Vulkan1: AMD Radeon 780M (RADV PHOENIX) (16000 MiB, 15000 MiB free)")]
    [InlineData("Vulkan1: AMD Radeon Graphics (RADV RAPHAEL_MENDOCINO) (32000 MiB, 31000 MiB free)")]
    [InlineData("Vulkan0: AMD Ryzen 7 5700G with Radeon Graphics (RADV RENOIR) (16000 MiB, 15000 MiB free)")]
    [InlineData("Vulkan0: Intel(R) UHD Graphics 770 (ADL-S GT1) (48000 MiB, 47000 MiB free)")]
    [InlineData("Vulkan0: Intel(R) Iris(R) Xe Graphics (TGL GT2) (12000 MiB, 12000 MiB free)")]
    [InlineData("SYCL0: Intel(R) Arc(TM) Graphics (29000 MiB, 28000 MiB free)")]
    [InlineData("SYCL0: Intel(R) Arc(TM) 140V GPU (16GB) (16000 MiB, 16000 MiB free)")]
    [InlineData("SYCL0: Intel(R) Graphics (29000 MiB, 28000 MiB free)")]
    [InlineData("GPUOpenCL: QUALCOMM Adreno(TM) 750 (7600 MiB, 6600 MiB free)")]
    [InlineData("Vulkan0: Mali-G610 (7600 MiB, 7600 MiB free)")]
    [InlineData("CUDA0: Orin (62841 MiB, 60000 MiB free)")]
    [InlineData("CUDA0: NVIDIA GB10 (122570 MiB, 110000 MiB free)")]
    [InlineData("WebGPU: something new (65000 MiB, 65000 MiB free)")] // as much as the machine
    public void ChipsThatShareTheMainMemory_AreIntegrated(string line) => Assert.Equal(DeviceKind.Integrated, Of(line));

    [Theory]
    [InlineData("CUDA0: NVIDIA GeForce RTX 5090 (32109 MiB, 31500 MiB free)")]
    [InlineData("CUDA0: NVIDIA RTX PRO 5000 (65000 MiB, 64000 MiB free)")] // as much as the machine, and its own
    [InlineData("RPC0: 192.168.1.20:50052 (65000 MiB, 23000 MiB free)")]
    [InlineData("Vulkan0: AMD Radeon RX 7900 XTX (RADV NAVI31) (24560 MiB, 23977 MiB free)")]
    [InlineData("ROCm0: AMD Instinct MI300X (196592 MiB, 196000 MiB free)")]
    [InlineData("SYCL0: Intel(R) Arc(TM) A770 Graphics (15473 MiB, 15000 MiB free)")]
    [InlineData("SYCL0: Intel(R) Data Center GPU Max 1550 (65536 MiB, 65000 MiB free)")]
    [InlineData("CANN0: Ascend910B3 (62432 MiB, 61000 MiB free)")]
    [InlineData("MUSA0: MTT S80 (16297 MiB, 16000 MiB free)")]
    [InlineData("Vulkan0: something new (24000 MiB, 24000 MiB free)")]
    public void Cards_AreDedicated(string line) => Assert.Equal(DeviceKind.Dedicated, Of(line));

    [Fact]
    public void BackendThatSaysSo_IsBelieved()
    {
        var devices = EngineHelp.ReadDevices(
            """
            ggml_vulkan: 0 = Strange A (radv) | uma: 1 | fp16: 1 | bf16: 0 | warp size: 64
            ggml_vulkan: 1 = Strange B (radv) | uma: 0 | fp16: 1 | bf16: 0 | warp size: 64
            Available devices:
              Vulkan0: Strange A (24560 MiB, 23977 MiB free)
              Vulkan1: Strange B (65536 MiB, 23977 MiB free)
            """
        );
        Assert.Equal([DeviceKind.Integrated, DeviceKind.Dedicated], devices.Select(device => DeviceKinds.Of(device, Host)));
    }

    [Theory]
    [InlineData("best", 1, "Vulkan0")]
    [InlineData("auto", 1, "Vulkan0")]
    [InlineData("auto", 30, "Vulkan0,Vulkan2")]
    [InlineData("all", 1, "Vulkan0,Vulkan2")]
    public void Strategies_PassBySoftware_AndTakeIntegratedOnesLast(string strategy, int needGb, string expected)
    {
        var devices = Map(
            """
              Vulkan0: AMD Radeon RX 7900 XTX (RADV NAVI31) (24560 MiB, 23977 MiB free)
              Vulkan1: llvmpipe (LLVM 20.1.2, 256 bits) (64090 MiB, 64090 MiB free)
              Vulkan2: AMD Radeon Graphics (RADV RAPHAEL_MENDOCINO) (32000 MiB, 31000 MiB free)
              BLAS: OpenBLAS (0 MiB, 0 MiB free)
            """
        );
        Assert.Equal(
            expected,
            string.Join(',', AllocationPlanner.Plan("m", new GpuWish(strategy, false, [], needGb * Gb), devices, []).Devices!)
        );
        Assert.Equal([true, false, false, false], devices.Select(device => device.IsDefault));
    }

    [Fact]
    public void SoftwareAlone_IsNoGpu_AndANamedOneIsObeyed()
    {
        var devices = Map("  Vulkan0: llvmpipe (LLVM 20.1.2, 256 bits) (64090 MiB, 64090 MiB free)\n");
        Assert.Equal([], AllocationPlanner.Plan("m", new GpuWish("best", false, [], Gb), devices, []).Devices!); // --device none
        Assert.Equal(["Vulkan0"], AllocationPlanner.Plan("m", new GpuWish("manual", false, ["Vulkan0"], Gb), devices, []).Devices!);
        Assert.Null(AllocationPlanner.Plan("m", new GpuWish(null, false, [], Gb), devices, []).Devices);
    }

    [Fact]
    public void TheOnlyChip_IsUsedByItself() =>
        Assert.True(Map("  MTL0: Apple M3 Max (98304 MiB, 98303 MiB free)\n  BLAS: Accelerate (0 MiB, 0 MiB free)\n")[0].IsDefault);

    [Fact]
    public void CardOfTwoBackends_IsChosenOnce()
    {
        var devices = Map(
            "  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)\n  Vulkan0: NVIDIA GeForce RTX 4090 (24564 MiB, 23500 MiB free)\n"
        );
        Assert.Equal(["CUDA0"], AllocationPlanner.Plan("m", new GpuWish("auto", false, [], 40 * Gb), devices, []).Devices!);
        Assert.Equal([true, false], devices.Select(device => device.IsDefault));
    }

    [Fact]
    public void RemoteDevice_IsNotTakenForALocalCard_OfTheSameSize()
    {
        GpuSample[] cards = [new("nvidia0", "NVIDIA GeForce RTX 4090", null, 500, 24564, null, null)];
        var devices = GpuDevice.Map(
            EngineHelp.ReadDevices(
                "  RPC0: 192.168.1.20:50052 (24000 MiB, 23000 MiB free)\n  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)\n"
            ),
            cards
        );
        Assert.Equal(["RPC0", "nvidia0"], devices.Select(device => device.Card));
        Assert.Equal([false, true], devices.Select(device => device.IsMeasured));
    }

    [Fact]
    public void AllThatGetsFewer_SaysSo()
    {
        GpuDevice[] cards = [new("CUDA0", Gb), new("CUDA1", Gb)];
        var plan = AllocationPlanner.Plan("m", new GpuWish("all", false, [], 1), cards, [new GpuHold("CUDA1", "other", true, 0)]);
        Assert.Equal("'m' is to use all GPUs and gets CUDA0 only: CUDA1 is held by 'other' alone.", Assert.Single(plan.Warnings).Message);
        Assert.Empty(
            AllocationPlanner.Plan("m", new GpuWish("best", false, [], 1), cards, [new GpuHold("CUDA1", "other", true, 0)]).Warnings
        );
        Assert.Empty(AllocationPlanner.Plan("m", new GpuWish("all", false, [], 1), cards, []).Warnings);
    }

    [Fact]
    public void MoreThanAllCardsHave_IsTooLarge()
    {
        GpuDevice[] cards = [new("CUDA0", 0) { TotalBytes = 8 * Gb }, new("CUDA1", 0) { TotalBytes = 8 * Gb }];
        Assert.False(AllocationPlanner.IsTooLarge(new GpuWish("all", false, [], 15 * Gb), cards));
        Assert.True(AllocationPlanner.IsTooLarge(new GpuWish("all", false, [], 17 * Gb), cards));
        Assert.True(AllocationPlanner.IsTooLarge(new GpuWish("best", false, [], 9 * Gb), cards));
        Assert.False(AllocationPlanner.IsTooLarge(new GpuWish("best", false, [], 9 * Gb), [new("CUDA0", null)]));
    }

    private static DeviceKind Of(string line) => DeviceKinds.Of(Assert.Single(EngineHelp.ReadDevices("  " + line)), Host);

    private static IReadOnlyList<GpuDevice> Map(string list) => GpuDevice.Map(EngineHelp.ReadDevices(list), [], Host);
}
