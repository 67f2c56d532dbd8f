using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class ProcessMapTests
{
    [Fact]
    public void OwnMemory_IsWhatNoFileBacks()
    {
        Assert.Equal(
            (20_000 + 48) * 1024L,
            ProcessMap.OwnBytes(
                "Name:\tllama-server\nVmRSS:\t   90000 kB\nRssAnon:\t   20000 kB\nRssFile:\t   69952 kB\nRssShmem:\t      48 kB\n"
            )
        );
        Assert.Null(ProcessMap.OwnBytes("Name:\tkthreadd\n"));
    }

    [Fact]
    public void MappedWeights_CountWhole_LibrariesAndDevicesDoNot() =>
        Assert.Equal(
            0x10000000 + 0x2000,
            ProcessMap.MappedBytes(
                """
                559a0000-559b0000 r-xp 00000000 08:01 11                         /usr/bin/llama-server
                7f12a0000000-7f12b0000000 r--s 00000000 08:01 1234                       /models/with a space.gguf
                7f12c0000000-7f12c0002000 r--s 10000000 08:01 1234                       /cache/blobs/sha256-abc (deleted)
                7f12d0000000-7f12d8000000 r--p 00000000 08:01 1235                       /usr/lib/libcuda.so.1
                7f12e0000000-7f12f0000000 rw-s 00000000 00:05 7                          /dev/nvidia0
                7f13e0000000-7f13f0000000 rw-s 00000000 00:01 8                          /memfd:x (deleted)
                7f1400000000-7f1500000000 rw-p 00000000 00:00 0
                nonsense
                """
            )
        );
}
