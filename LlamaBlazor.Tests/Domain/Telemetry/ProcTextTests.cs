using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class ProcTextTests
{
    [Fact]
    public void Cpu_CountsWaiting_AsIdle()
    {
        var times = ProcText.Cpu("cpu  100 10 40 800 50 0 0 0 7 0\ncpu0 1 2 3 4\n"u8);
        Assert.Equal(new CpuTimes(150, 1000), times);
    }

    [Fact]
    public void Cpu_OfTwoReadings_GivesPercentBetweenThem()
    {
        var first = ProcText.Cpu("cpu  100 0 0 900 0 0 0 0 0 0\n"u8)!.Value;
        var second = ProcText.Cpu("cpu  150 0 25 925 0 0 0 0 0 0\n"u8)!.Value;
        Assert.Equal(75, second.PercentSince(first));
        Assert.Equal(0, first.PercentSince(second)); // counters that went back
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu ")]
    [InlineData("cpu  1 2 x 4\n")]
    [InlineData("intr 1 2 3\n")]
    public void Cpu_OfOtherText_IsUnknown(string text) => Assert.Null(ProcText.Cpu(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Memory_FindsTheLine_ByItsWholeName()
    {
        var text = "MemTotal:       24684092 kB\nMemFree:        22649536 kB\nSwapCached:            1 kB\nSwapTotal:             0 kB"u8;
        Assert.Equal(24684092, ProcText.Memory(text, "MemTotal:"u8));
        Assert.Equal(0, ProcText.Memory(text, "SwapTotal:"u8));
        Assert.Null(ProcText.Memory(text, "MemAvailable:"u8));
    }

    [Fact]
    public void Load_ReadsThreeAverages()
    {
        Assert.Equal((1.15, 0.56, 0.4), ProcText.Load("1.15 0.56 0.40 2/207 31337\n"u8));
        Assert.Null(ProcText.Load("none"u8));
    }

    [Fact]
    public void Network_Sums_WhatLeadsOutOfTheMachine()
    {
        var text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0
              eth0:    1000      10    0    0    0     0          0         0      200      10    0    0    0     0       0          0
             wlan0:1 1 0 0 0 0 0 0 2 1 0 0 0 0 0 0
            veth12ab: 7777 1 0 0 0 0 0 0 7777 1 0 0 0 0 0 0
            docker0: 7777 1 0 0 0 0 0 0 7777 1 0 0 0 0 0 0
            """;
        Assert.Equal((1001L, 202L), ProcText.Network(System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void Network_WithoutInterfaces_IsUnknown() => Assert.Null(ProcText.Network("Inter-| x\n face | y\n"u8));

    [Fact]
    public void Process_WithSpacesAndParenthesesInItsName_GivesTicksAndPages()
    {
        var text = "42 (llama (a) b) S 1 42 42 0 -1 4194560 100 0 5 0 250 50 0 0 20 0 9 0 123456 987654321 2048 18446744073709551615 1 1"u8;
        Assert.Equal((300L, 2048L), ProcText.Process(text));
        Assert.Null(ProcText.Process("42 (x"u8));
    }
}
