using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

/// <summary>The geometry rules of parameters.md (h), each with a number one can compute by hand.</summary>
public sealed class MemoryEstimatorTests
{
    private const long MiB = 1 << 20;

    private static readonly MemorySettings OneSlot = new() { Slots = 1 };

    [Fact]
    public void PlainCache_IsCellsTimesHeadsTimesSizes() => Assert.Equal(MiB / 2, Kv(Llama(), OneSlot with { CtxSize = 2048 }));

    [Theory]
    [InlineData(1000, 1, true, 1024)]
    [InlineData(1000, 3, true, 1024)]
    [InlineData(1000, 3, false, 3 * 512)]
    [InlineData(0, 1, true, 2048)]
    public void Cells_ArePadded_AndDividedAmongSlots(long context, int slots, bool unified, long cells) =>
        Assert.Equal(
            cells * 256,
            Kv(
                Llama(),
                new MemorySettings
                {
                    CtxSize = context,
                    Slots = slots,
                    KvUnified = unified,
                }
            )
        );

    [Fact]
    public void CacheTypes_Count() =>
        Assert.Equal(
            2048 * 2 * (32 * 34 / 32 + 32 * 18 / 32),
            Kv(Llama(), OneSlot with { CacheTypeK = GgmlType.Find("q8_0")!, CacheTypeV = GgmlType.Find("q4_0")! })
        );

    [Fact]
    public void PerLayerHeads_Count_AndZeroIsNoCache() =>
        Assert.Equal(256 * 2 * (1 + 0 + 3) * (16 + 16), Kv(Model("openelm", 3, new long[] { 1, 0, 3 }), OneSlot with { CtxSize = 256 }));

    [Fact]
    public void SlidingWindow_KeepsTheWindowAndOneBatch()
    {
        // gemma3: five of six layers have the window: 1,024 + 512 cells instead of 8,192.
        var gemma = Model(
            "gemma3",
            6,
            2u,
            writer => writer.Add("gemma3.attention.sliding_window", 1024u).Add("gemma3.context_length", 8192u)
        );
        Assert.Equal((5 * 1536 + 8192) * 2 * 32 * 2L, Kv(gemma, OneSlot));
        Assert.Equal(6 * 8192 * 2 * 32 * 2L, Kv(gemma, OneSlot with { SwaFull = true }));
        Assert.Equal((5 * (4 * 1024 + 512) + 8192) * 2 * 32 * 2L, Kv(gemma, new MemorySettings()));
    }

    [Fact]
    public void WindowPattern_OfTheFile_Wins()
    {
        var model = Model(
            "gemma4",
            4,
            1u,
            writer =>
                writer
                    .Add("gemma4.attention.sliding_window", 512u)
                    .Add("gemma4.context_length", 4096u)
                    .Add("gemma4.attention.sliding_window_pattern", new[] { true, false, true, false })
                    .Add("gemma4.attention.shared_kv_layers", 1u)
                    .Add("gemma4.attention.key_length_swa", 8u)
                    .Add("gemma4.attention.value_length_swa", 8u)
        );
        Assert.Equal(2 * 1024 * 2 * 16 + 4096 * 2 * 32, Kv(model, OneSlot));
    }

    [Fact]
    public void WindowOfPhi3_IsIgnored() =>
        Assert.Equal(
            2 * 4096 * 2 * 32L,
            Kv(Model("phi3", 2, 1u, writer => writer.Add("phi3.attention.sliding_window", 512u).Add("phi3.context_length", 4096u)), OneSlot)
        );

    [Fact]
    public void LatentAttention_KeepsKeysOnly() =>
        Assert.Equal(
            4 * 1024 * 2 * 576L,
            Kv(
                Model(
                    "deepseek2",
                    4,
                    1u,
                    writer =>
                        writer
                            .Add("deepseek2.attention.key_length", 576u)
                            .Add("deepseek2.attention.value_length", 512u)
                            .Add("deepseek2.attention.key_length_mla", 192u)
                            .Add("deepseek2.attention.value_length_mla", 128u)
                            .Add("deepseek2.context_length", 1024u)
                ),
                OneSlot
            )
        );

    [Fact]
    public void RecurrentLayers_KeepAStateForEachSlot_WhateverTheContext()
    {
        var mamba = Model(
            "mamba",
            2,
            0u,
            writer => writer.Add("mamba.ssm.conv_kernel", 4u).Add("mamba.ssm.inner_size", 128u).Add("mamba.ssm.state_size", 16u)
        );
        var state = 4L * (3 * 128 + 16 * 128);
        Assert.Equal(2 * state, Kv(mamba, OneSlot));
        Assert.Equal(2 * 4 * state, Kv(mamba, new MemorySettings { CtxSize = 1_000_000 }));

        var hybrid = Model(
            "qwen3next",
            8,
            1u,
            writer => writer.Add("qwen3next.ssm.conv_kernel", 4u).Add("qwen3next.ssm.inner_size", 128u).Add("qwen3next.ssm.state_size", 16u)
        );
        Assert.Equal(6 * state + 2 * 256 * 2 * 32, Kv(hybrid, OneSlot with { CtxSize = 256 }));
    }

    [Theory]
    [InlineData("llama", "attention.key_length")]
    [InlineData("llama", "attention.head_count_kv")]
    [InlineData("llama", "embedding_length")]
    [InlineData("mamba", "ssm.inner_size")]
    [InlineData("rwkv7", "wkv.head_size")]
    [InlineData("lfm2", "shortconv.l_cache")]
    public void SizesOfAHostileHeader_NeverFit(string architecture, string key)
    {
        var writer = new GgufWriter()
            .Add("general.architecture", architecture)
            .Add($"{architecture}.block_count", 4096u)
            .Add($"{architecture}.{key}", (ulong)long.MaxValue)
            .Add($"{architecture}.ssm.state_size", (ulong)long.MaxValue)
            .Add($"{architecture}.context_length", (ulong)long.MaxValue);
        foreach (
            var (other, value) in new[]
            {
                ("embedding_length", 64ul),
                ("attention.head_count", 4ul),
                ("attention.head_count_kv", architecture == "lfm2" ? 0ul : 4ul),
            }.Where(pair => pair.Item1 != key)
        )
            writer.Add($"{architecture}.{other}", value);
        var estimate = MemoryEstimator.Estimate(Geometry(writer), new MemorySettings { Slots = 256, KvUnified = false }, [], 1L << 45);
        Assert.False(estimate.Fits);
        Assert.True(estimate.TotalBytes > 1L << 45);
    }

    [Fact]
    public void Encoders_KeepNothing() => Assert.Equal(0, Kv(Model("bert", 4, 4u), OneSlot));

    [Fact]
    public void Parts_AddUp_AndTheHostTakesAllWithoutAGpu()
    {
        var estimate = MemoryEstimator.Estimate(Llama(), OneSlot with { ProjectorBytes = 100, DraftBytes = 10 }, [], MiB);
        Assert.Equal(("Host", estimate.TotalBytes), (estimate.Devices[^1].Name, estimate.Devices.Sum(device => device.Bytes)));
        Assert.Equal((0, false), (estimate.GpuLayers, estimate.Fits));
        Assert.Equal(2, Llama().LayerCount);
    }

    [Fact]
    public void Layers_MoveFromTheEnd_TheOutputFirst()
    {
        var gpu = new[] { new MemoryDevice("CUDA0", null) };
        var all = Enumerable
            .Range(0, 5)
            .Select(layers => MemoryEstimator.Estimate(Llama(), OneSlot with { GpuLayers = layers }, gpu, null))
            .ToList();
        Assert.Equal([0, 1, 2, 3, 3], all.Select(estimate => estimate.GpuLayers));
        Assert.Equal(0, all[0].Devices[0].Bytes);
        Assert.All(all, estimate => Assert.Equal(estimate.TotalBytes, estimate.Devices.Sum(device => device.Bytes)));
        Assert.Equal(all[2].KvCacheBytes, all[3].KvCacheBytes);
        var layer = MemoryEstimator.Estimate(Llama(), OneSlot with { GpuLayers = 2, KvOffload = false }, gpu, null).Devices[0].Bytes;
        Assert.Equal(all[2].KvCacheBytes / 2, all[2].Devices[0].Bytes - layer);
    }

    [Fact]
    public void MostLayersAndLongestContext_AreTheLastThatFit()
    {
        var model = Llama();
        MemoryDevice[] Free(long bytes) => [new("CUDA0", bytes)];
        var two = MemoryEstimator.Estimate(model, OneSlot with { GpuLayers = 2 }, [new("CUDA0", null)], null).Devices[0].Bytes;
        Assert.Equal(2, MemoryEstimator.MostLayers(model, OneSlot, Free(two)));
        Assert.Equal(1, MemoryEstimator.MostLayers(model, OneSlot, Free(two - 1)));
        Assert.Equal(0, MemoryEstimator.MostLayers(model, OneSlot, Free(0)));
        var half = MemoryEstimator.Estimate(model, OneSlot with { CtxSize = 1024 }, [], null).TotalBytes;
        Assert.Equal(1024, MemoryEstimator.LongestContext(model, OneSlot, [], half));
        Assert.Equal(768, MemoryEstimator.LongestContext(model, OneSlot, [], half - 1));
        Assert.Equal(2048, MemoryEstimator.LongestContext(model, OneSlot, [], long.MaxValue));
        Assert.Equal(0, MemoryEstimator.LongestContext(model, OneSlot, [], 1));
    }

    [Fact]
    public void ExpertsOnTheHost_LeaveTheDevice()
    {
        var moe = Model(
            "qwen3moe",
            2,
            1u,
            writer => writer.AddTensor("blk.0.ffn_up_exps.weight", "F16", 64, 64, 8).AddTensor("blk.1.ffn_up_exps.weight", "F16", 64, 64, 8)
        );
        var gpu = new[] { new MemoryDevice("CUDA0", null) };
        var on = MemoryEstimator.Estimate(moe, OneSlot with { GpuLayers = 99 }, gpu, null);
        var off = MemoryEstimator.Estimate(moe, OneSlot with { GpuLayers = 99, CpuMoeLayers = 1 }, gpu, null);
        Assert.Equal(64 * 64 * 8 * 2, on.Devices[0].Bytes - off.Devices[0].Bytes);
        Assert.Equal(on.TotalBytes, off.TotalBytes);
    }

    [Fact]
    public void SeveralDevices_ShareByWhatIsFree()
    {
        MemoryDevice[] devices = [new("CUDA0", 3000 * MiB), new("CUDA1", 1000 * MiB)];
        var model = Model(
            "llama",
            7,
            2u,
            writer =>
            {
                for (var block = 0; block < 7; block++)
                    writer.AddTensor($"blk.{block}.ffn_up.weight", "F16", 1024, 1024);
            }
        );
        var estimate = MemoryEstimator.Estimate(model, OneSlot with { GpuLayers = 99, CtxSize = 256 }, devices, null);
        Assert.InRange(estimate.Devices[0].Bytes / (double)estimate.Devices[1].Bytes, 2.0, 6.5);
    }

    [Fact]
    public void TensorSplit_DecidesBeforeFreeMemory()
    {
        MemoryDevice[] devices = [new("CUDA0", 3000 * MiB), new("CUDA1", 1000 * MiB)];
        var settings = OneSlot with { GpuLayers = 99 };
        Assert.Equal(
            0,
            MemoryEstimator.Estimate(Llama(), settings with { TensorSplit = "0,1" }, devices, null).Devices[0].Bytes - Activations
        );
        Assert.True(
            MemoryEstimator.Estimate(Llama(), settings with { TensorSplit = "1,0" }, devices, null).Devices[0].Bytes
                > MemoryEstimator.Estimate(Llama(), settings, devices, null).Devices[1].Bytes
        );
        Assert.Equal(["CUDA1"], (settings with { SplitMode = "none", MainGpu = 1 }).Use(devices).Select(device => device.Name));
        Assert.Empty((settings with { Device = "none" }).Use(devices));
        Assert.Equal(["CUDA1", "CUDA0"], (settings with { Device = "cuda1, CUDA0,CUDA9" }).Use(devices).Select(device => device.Name));
    }

    [Theory]
    [InlineData(@"blk\.(0|1)\.ffn_up=CPU", 2 * 64 * 128 * 2)]
    [InlineData(@"blk\.1\.ffn_(up|gate)=CUDA_Host,blk\.1\.ffn_up=CUDA0", 2 * 64 * 128 * 2)]
    [InlineData(@"^output\.weight=CPU", 64 * 64 * 2)]
    [InlineData("nothing=CPU", 0)]
    [InlineData("(broken=CPU", 0)]
    [InlineData("blk=CUDA0", 0)]
    public void OverriddenTensors_GoWhereTheSettingPutsThem(string setting, long moved)
    {
        MemoryDevice[] gpu = [new("CUDA0", null)];
        var settings = OneSlot with { GpuLayers = 99 };
        var (plain, placed) = (
            MemoryEstimator.Estimate(Llama(), settings, gpu, null),
            MemoryEstimator.Estimate(Llama(), settings with { OverrideTensor = setting }, gpu, null)
        );
        Assert.Equal(
            (moved, -moved, 0L),
            (
                plain.Devices[0].Bytes - placed.Devices[0].Bytes,
                plain.Devices[1].Bytes - placed.Devices[1].Bytes,
                plain.TotalBytes - placed.TotalBytes
            )
        );
    }

    [Fact]
    public void TiedOutput_RepeatsTheEmbedding_ButNotTheOneOfEachLayer()
    {
        var tied = Model(
            "gemma3n",
            1,
            1u,
            writer => writer.AddTensor("token_embd.weight", "F16", 64, 100).AddTensor("per_layer_token_embd.weight", "F16", 64, 1000)
        );
        MemoryDevice[] gpu = [new("CUDA0", null)];
        long Weights(int layers) => MemoryEstimator.Estimate(tied, OneSlot with { GpuLayers = layers }, gpu, null).WeightsBytes;
        Assert.Equal(64 * 100 * 2, Weights(2) - Weights(0));
    }

    [Fact]
    public void Draft_HasWeightsCacheAndComputation_WhereItIsPut()
    {
        MemoryDevice[] gpu = [new("CUDA0", null)];
        var draft = new DraftSettings(Llama(), null, null, OneSlot.CacheTypeK, OneSlot.CacheTypeV);
        var plain = MemoryEstimator.Estimate(Llama(), OneSlot with { GpuLayers = 99 }, gpu, null);
        var with = MemoryEstimator.Estimate(
            Llama(),
            OneSlot with
            {
                GpuLayers = 99,
                Draft = draft,
                ProjectorBytes = 100,
                ProjectorOffload = false,
            },
            gpu,
            null
        );
        Assert.Equal(plain.TotalBytes, with.DraftBytes);
        Assert.Equal(
            (plain.Devices[0].Bytes, plain.Devices[1].Bytes + 100),
            (with.Devices[0].Bytes - plain.Devices[0].Bytes, with.Devices[1].Bytes - plain.Devices[1].Bytes)
        );
        var onHost = MemoryEstimator.Estimate(Llama(), OneSlot with { GpuLayers = 99, Draft = draft with { GpuLayers = 0 } }, gpu, null);
        Assert.Equal(plain.Devices[0].Bytes, onHost.Devices[0].Bytes);
        var nowhere = MemoryEstimator.Estimate(Llama(), OneSlot with { GpuLayers = 99, Draft = draft with { Device = "none" } }, gpu, null);
        Assert.Equal(plain.Devices[0].Bytes, nowhere.Devices[0].Bytes);
    }

    [Fact]
    public void Draft_WithDevicesOfItsOwn_IsCountedThere_AndTheModelKeepsOff()
    {
        MemoryDevice[] devices = [new("CUDA0", null), new("CUDA1", null)];
        var settings = OneSlot with { GpuLayers = 99, Device = "CUDA0" };
        var draft = new DraftSettings(Llama(), null, "CUDA1", OneSlot.CacheTypeK, OneSlot.CacheTypeV);
        MemoryEstimate Of(MemorySettings settings) => MemoryEstimator.Estimate(Llama(), settings, settings.Use(devices), null);
        var (plain, with) = (Of(settings), Of(settings with { Draft = draft }));
        Assert.Equal(["CUDA0", "CUDA1", "Host"], with.Devices.Select(device => device.Name));
        Assert.Equal((plain.Devices[0].Bytes, plain.Devices[0].Bytes), (with.Devices[0].Bytes, with.Devices[1].Bytes));
        Assert.Equal(with.TotalBytes, with.Devices.Sum(device => device.Bytes));

        var alone = Of(settings with { Device = "none", Draft = draft });
        Assert.Equal(("CUDA1", plain.Devices[0].Bytes, 0), (alone.Devices[0].Name, alone.Devices[0].Bytes, alone.GpuLayers));
        Assert.Equal(0, MemoryEstimator.MostLayers(Llama(), settings, (settings with { Device = "none", Draft = draft }).Use(devices)));
    }

    [Theory]
    [InlineData(null, null, 0, "CUDA0,CUDA1")]
    [InlineData("none", null, 0, "")]
    [InlineData("CUDA1", null, 0, "CUDA1")]
    [InlineData("CUDA1", "none", 0, "CUDA1")]
    [InlineData(null, "none", 1, "CUDA1")]
    public void Draft_TakesAllDevices_WhereItNamesNone_AndTheModelsSplitMode(string? device, string? split, int main, string drafts)
    {
        MemoryDevice[] devices = [new("CUDA0", null), new("CUDA1", null)];
        var draft = new DraftSettings(Llama(), null, device, OneSlot.CacheTypeK, OneSlot.CacheTypeV);
        var used = (OneSlot with { Device = "CUDA0", SplitMode = split, MainGpu = main, Draft = draft }).Use(devices);
        Assert.Equal(drafts, string.Join(',', used.Where(device => device.IsForDraft).Select(device => device.Name)));
        Assert.Equal(main == 0 ? "CUDA0" : "", string.Join(',', used.Where(device => device.IsForModel).Select(device => device.Name)));
    }

    // Buffers of the computation on a device without layers: (2 × width + 2 × feed-forward) × batch × 4 bytes.
    private const long Activations = (2 * 64 + 2 * 128) * 512 * 4;

    private static long Kv(ModelGeometry model, MemorySettings settings) =>
        MemoryEstimator.Estimate(model, settings, [], null).KvCacheBytes;

    private static ModelGeometry Llama() => Geometry(GgufSamples.Llama());

    // Width 64, 4 heads of 16.
    private static ModelGeometry Model(string architecture, int layers, object headsKv, Action<GgufWriter>? more = null)
    {
        var writer = new GgufWriter()
            .Add("general.architecture", architecture)
            .Add($"{architecture}.block_count", (uint)layers)
            .Add($"{architecture}.embedding_length", 64u)
            .Add($"{architecture}.attention.head_count", 4u)
            .Add($"{architecture}.attention.head_count_kv", headsKv);
        more?.Invoke(writer);
        return Geometry(writer);
    }

    private static ModelGeometry Geometry(GgufWriter writer) => ModelGeometry.Of(GgufReader.Read(new MemoryStream(writer.ToArray())).Value);
}
