using LlamaBlazor.Domain.Models.Memory;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

public sealed class EngineMemoryReportTests
{
    [Fact]
    public void Buffers_AreAddedUp_AndOnesToldTwiceCountOnce()
    {
        var report = Of(
            "0.00.101.373 I common_memory_breakdown_print: | memory breakdown [MiB] | total   free    self   model   context   "
                + "compute    unaccounted |",
            "0.00.048.728 I load_tensors:          CPU model buffer size =     0.00 MiB", // a try that allocates nothing
            "0.00.049.112 I llama_context:        CPU  output buffer size =     0.24 MiB",
            "0.00.050.288 I sched_reserve:        CPU compute buffer size =     1.64 MiB",
            "0.00.110.464 I load_tensors:   CPU_Mapped model buffer size =     4.19 MiB",
            "0.00.184.166 I llama_context:        CPU  output buffer size =     0.24 MiB",
            "0.00.184.219 I llama_kv_cache:        CPU KV buffer size =     0.50 MiB",
            "0.00.184.240 I llama_kv_cache: size =    0.50 MiB (   512 cells,   4 layers,  2/2 seqs), K (f16):    0.25 MiB, V (f16):  "
                + "  0.25 MiB",
            "0.00.185.227 I sched_reserve:        CPU compute buffer size =     1.64 MiB"
        );
        Assert.Equal(6.57 * (1 << 20), report.TotalBytes!.Value, 1.0);
    }

    [Fact]
    public void Parts_OfOneName_AreSeveralBuffers()
    {
        var report = Of(
            "load_tensors:        CUDA0 model buffer size =  1000.00 MiB",
            "load_tensors:   CPU_Mapped model buffer size =   100.00 MiB",
            "load_tensors:   CPU_Mapped model buffer size =   100.00 MiB",
            "llama_kv_cache:      CUDA0 KV buffer size =    64.00 MiB",
            "llama_kv_cache:      CUDA0 KV buffer size =    16.00 MiB",
            "llama_memory_recurrent:      CUDA0 RS buffer size =     2.00 MiB",
            "llama_context:      CUDA0 compute buffer size =   300.00 MiB",
            "llama_context:  CUDA_Host compute buffer size =    10.00 MiB"
        );
        Assert.Equal(1592L << 20, report.TotalBytes);
    }

    [Theory]
    [InlineData("srv load_model: loading model 'model buffer size = 5 MiB.gguf'")]
    [InlineData("sched_reserve: CPU compute buffer size = 1.64 MiB")]
    [InlineData("CPU model buffer size = 99999999999999999999999 MiB")]
    [InlineData("CPU model buffer size = -5 MiB")]
    [InlineData("")]
    public void WithoutWeights_ThereIsNoFigure(string line) => Assert.Null(Of(line).TotalBytes);

    private static EngineMemoryReport Of(params string[] lines)
    {
        var report = new EngineMemoryReport();
        foreach (var line in lines)
            report.Read(line);
        return report;
    }
}
