using LlamaBlazor.Domain.Common;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Telemetry;
using LlamaBlazor.Web.Telemetry.Gpu;
using LlamaBlazor.Web.Telemetry.Machine;
using Microsoft.Extensions.Configuration;

namespace LlamaBlazor.Tests.Integration.Telemetry;

public sealed class ReaderTests
{
    [Theory]
    [InlineData("999")]
    [InlineData("60001")]
    [InlineData("1s")]
    [InlineData("-1000")]
    public void Interval_OutOfRange_IsRefused_WithItsKey(string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("LlamaBlazor:Telemetry:IntervalMs", value)]).Build();
        var error = Assert.Throws<StartupException>(() => ConfigurationCheck.Require(configuration));
        Assert.Contains("LlamaBlazor:Telemetry:IntervalMs", error.Message);
        Assert.Contains("LLAMABLAZOR__TELEMETRY__INTERVALMS", error.Message);
    }

    [Fact]
    public void Interval_IsASecond_UnlessSet()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), FixedOptions.Of<TelemetryOptions>(TelemetryOptions.Section).CurrentValue.Interval);
        var set = FixedOptions.Of<TelemetryOptions>(TelemetryOptions.Section, ("LlamaBlazor:Telemetry:IntervalMs", "60000"));
        Assert.Equal(TimeSpan.FromMinutes(1), set.CurrentValue.Interval);
    }

    [Fact]
    public void LinuxReader_OverFilesThatChange_ReadsEachTimeAnew()
    {
        using var proc = new TempFolder();
        Directory.CreateDirectory(proc.File("net"));
        File.WriteAllText(proc.File("stat"), "cpu  100 0 0 900 0 0 0 0 0 0\n");
        File.WriteAllText(proc.File("meminfo"), "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
        File.WriteAllText(proc.File("net/dev"), " eth0: 10 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n");
        using var reader = new LinuxMachineReader(proc.Path);
        var first = reader.Read();
        File.WriteAllText(proc.File("stat"), "cpu  175 0 0 925 0 0 0 0 0 0\n");
        var second = reader.Read();
        Assert.Equal((10, 75), (first.CpuUsage, second.CpuUsage));
        Assert.Equal(75, second.MemoryUsage);
        Assert.Null(second.SwapUsage); // no swap
        Assert.Null(second.Load); // no such file here
        Assert.Equal((10, 20), (second.NetworkReceived, second.NetworkSent));
    }

    [Fact]
    public void ProcessReader_OfItself_KnowsItsMemory()
    {
        var reader = new ProcessReader(TimeProvider.System);
        var (cpu, memory) = reader.Read(Environment.ProcessId);
        Assert.Null(cpu); // nothing to compare with yet
        Assert.InRange(memory!.Value, 10, 100_000);
        Assert.NotNull(reader.Read(Environment.ProcessId).Cpu);
        Assert.Equal((null, null), reader.Read(int.MaxValue));
    }

    [Fact]
    public void Sysfs_OfAnAmdCard_IsRead_AndOthersAreNot()
    {
        using var drm = new TempFolder();
        Write(drm, "card0/device/vendor", "0x1002\n");
        Write(drm, "card0/device/device", "0x744c\n");
        Write(drm, "card0/device/gpu_busy_percent", "37\n");
        Write(drm, "card0/device/mem_info_vram_used", "2147483648\n");
        Write(drm, "card0/device/mem_info_vram_total", "8589934592\n");
        Write(drm, "card0/device/hwmon/hwmon3/temp1_input", "51000\n");
        Write(drm, "card0/device/hwmon/hwmon3/power1_average", "123000000\n");
        Write(drm, "card0-DP-1/device/vendor", "0x1002\n");
        Write(drm, "card1/device/vendor", "0x1234\n"); // a virtual screen
        Write(drm, "card2/device/vendor", "0x8086\n"); // tells nothing
        using var reader = SysfsGpuReader.Open(drm.Path).Value;
        var card = Assert.Single(reader.Read());
        Assert.Equal(
            ("card0", "AMD 0x744c", 37, 2048, 8192, 51, 123),
            (card.Id, card.Name, card.Usage, card.MemoryUsed, card.MemoryTotal, card.Temperature, card.Power)
        );
        File.Delete(drm.File("card0/device/gpu_busy_percent"));
        Assert.Null(Assert.Single(reader.Read()).Usage);
    }

    [Fact]
    public void Gpus_ThatAreNotThere_AreNoError()
    {
        using var empty = new TempFolder();
        Assert.Equal(FailureKind.NotFound, SysfsGpuReader.Open(empty.Path).Failure!.Kind);
        Assert.Equal(FailureKind.NotFound, SysfsGpuReader.Open(empty.File("missing")).Failure!.Kind);
        Assert.Equal(FailureKind.NotFound, NvmlReader.Open(empty.File("libnvidia-ml.so.1")).Failure!.Kind);
    }

    private static void Write(TempFolder folder, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(path))!);
        File.WriteAllText(folder.File(path), text);
    }
}
