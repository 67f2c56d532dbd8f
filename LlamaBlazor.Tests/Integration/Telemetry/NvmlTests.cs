using System.Diagnostics;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Telemetry.Gpu;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Telemetry;

/// <summary>NVIDIA's library as a stand-in: what it tells, what it lacks, and how it fails.</summary>
public sealed class NvmlTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [CompilerFact]
    public async Task TwoCards_AreRead_WithTheirProcesses()
    {
        using var library = await NvmlStandIn.BuildAsync();
        using var reader = Open(library);
        var cards = reader.Read();
        Assert.Equal(
            [("nvidia0", "Stand-in GPU A", 37, 4576, 24576, 51, 123.456), ("nvidia1", "Stand-in GPU B", 4, 288, 12288, 51, null)],
            cards.Select(card => (card.Id, card.Name, card.Usage, card.MemoryUsed, card.MemoryTotal, card.Temperature, card.Power))
        );
        var held = reader.ReadProcesses();
        Assert.Equal(6000, held[4711]); // in both lists of both cards: 3000 on each
        Assert.Equal(2, held[4711 + 299]); // the last of a list that was too long at first
        Assert.Equal(2, held[4712]); // not told in one list, told in the other
        Assert.Null(reader.Problem);
    }

    [CompilerFact]
    public async Task OldNames_AndTheOldLayoutOfProcesses_AreRead()
    {
        using var library = await NvmlStandIn.BuildAsync("OLD");
        using var reader = Open(library);
        Assert.Equal([24576.0, 12288.0], reader.Read().Select(card => card.MemoryTotal!.Value));
        var process = Assert.Single(reader.ReadProcesses());
        Assert.Equal((4711, 6000.0), (process.Key, process.Value));
    }

    [CompilerFact]
    public async Task MissingFunctions_CostTheirValues()
    {
        using var library = await NvmlStandIn.BuildAsync("BARE");
        using var reader = Open(library);
        Assert.Equal(
            [("NVIDIA GPU 0", true), ("NVIDIA GPU 1", true)],
            reader
                .Read()
                .Select(card => (card.Name, card is { Usage: null, MemoryUsed: null, MemoryTotal: null, Temperature: null, Power: null }))
        );
        Assert.Empty(reader.ReadProcesses());
    }

    [CompilerFact]
    public async Task MemoryOfTheSecondLayoutOnly_IsRead()
    {
        using var library = await NvmlStandIn.BuildAsync("RESERVED");
        using var reader = Open(library);
        // the driver's share is not free either
        Assert.Equal((24576.0, 4576.0), (reader.Read()[0].MemoryTotal!.Value, reader.Read()[0].MemoryUsed!.Value));
    }

    [CompilerFact]
    public async Task ForeignLibrary_IsAFailureWithWords()
    {
        using var library = await NvmlStandIn.BuildAsync("NOTHING", "BARE");
        Assert.Contains("neither nvmlInit_v2 nor nvmlInit", NvmlReader.Open(library.Path).Failure!.Message);
    }

    [CompilerFact]
    public async Task NoDriver_IsSaid_AndComesBack()
    {
        using var library = await NvmlStandIn.BuildAsync();
        library.Answer(9);
        var clock = new LateClock();
        using var drivers = Drivers(library, clock);
        Assert.Empty((await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus);
        Assert.Equal("failed", Assert.Single(drivers.States).State);
        Assert.Contains("driver is not loaded", drivers.States[0].Detail);
        library.Answer(0);
        Assert.Empty((await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus); // not at once
        clock.Add(GpuDriver.Pause);
        Assert.Equal(2, (await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus.Count);
        Assert.Equal(("ready", null), (drivers.States[0].State, drivers.States[0].Detail));
    }

    [CompilerTheory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(18)]
    [InlineData(999)]
    public async Task DriverThatVanishes_KeepsItsCardsWithoutValues_AndIsOpenedAnew(int code)
    {
        using var library = await NvmlStandIn.BuildAsync();
        var clock = new LateClock();
        using var drivers = Drivers(library, clock);
        Assert.Equal(4576, (await drivers.ReadAsync(Long, true, CancellationToken.None)).Gpus[0].MemoryUsed);
        library.Answer(code);
        var gone = await drivers.ReadAsync(Long, true, CancellationToken.None);
        Assert.All(gone.Gpus, card => Assert.True(card is { Usage: null, MemoryUsed: null, Temperature: null, Power: null }));
        Assert.Empty(gone.Processes);
        Assert.Contains($"NVML error {code}", drivers.States[0].Detail);
        library.Answer(0);
        clock.Add(GpuDriver.Pause);
        Assert.Equal(4576, (await drivers.ReadAsync(Long, true, CancellationToken.None)).Gpus[0].MemoryUsed);
        Assert.Equal(["init", "shutdown", "init"], library.Calls);
    }

    [CompilerFact]
    public async Task OneLostCard_CostsTheOtherNothing()
    {
        using var library = await NvmlStandIn.BuildAsync();
        var clock = new LateClock();
        using var drivers = Drivers(library, clock);
        await drivers.ReadAsync(Long, false, CancellationToken.None);
        library.LoseSecondCard();
        var cards = (await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus;
        Assert.Equal([4576.0, null], cards.Select(card => card.MemoryUsed));
        clock.Add(GpuDriver.Pause);
        Assert.Equal("nvidia0", Assert.Single((await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus).Id);
        Assert.Contains("Card 1", drivers.States[0].Detail);
        library.FindSecondCard();
        clock.Add(GpuDriver.Pause);
        Assert.Equal(
            [4576.0, 288.0],
            (await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus.Select(card => card.MemoryUsed!.Value)
        );
        Assert.Equal("ready", drivers.States[0].State);
    }

    [CompilerFact]
    public async Task HangingCall_HoldsNobodyUp_IsSaid_AndComesBack()
    {
        using var library = await NvmlStandIn.BuildAsync();
        var clock = new LateClock();
        using var drivers = Drivers(library, clock);
        await drivers.ReadAsync(Long, false, CancellationToken.None);
        library.Hang();
        // a slow answer is no trouble yet
        Assert.Equal(4576, (await drivers.ReadAsync(Soon, false, CancellationToken.None)).Gpus[0].MemoryUsed);
        clock.Add(GpuDriver.Patience + TimeSpan.FromSeconds(1));
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++)
            Assert.Null((await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus[0].MemoryUsed);
        Assert.True(Stopwatch.GetElapsedTime(started) < Long, "each look waited anew");
        Assert.Equal("hanging", drivers.States[0].State);
        Assert.Contains("has not answered for", drivers.States[0].Detail);
        library.Release();
        await Until.TrueAsync(() => drivers.States[0].State == "ready", "the call comes back");
        Assert.Equal(4576, (await drivers.ReadAsync(Long, false, CancellationToken.None)).Gpus[0].MemoryUsed);
    }

    [CompilerFact]
    public async Task Program_StartsWithTwoCards_AndShowsThemEverywhere()
    {
        using var library = await NvmlStandIn.BuildAsync();
        using var data = new TempFolder();
        using var program = Start(data, library);
        await program.WaitReadyAsync();
        await Until.TrueAsync(
            async () => await LatestAsync(program) is { } sample && sample.GetProperty("gpus").GetArrayLength() == 2,
            "both cards in the sample"
        );
        var sample = (await LatestAsync(program))!.Value;
        Assert.Equal(
            (36864.0, 4864.0),
            (sample.GetProperty("gpu_memory_total").GetDouble(), sample.GetProperty("gpu_memory_used").GetDouble())
        );
        var list = await program.GetAsync("/api/gpus");
        Assert.Equal(
            ["Stand-in GPU A", "Stand-in GPU B"],
            list.GetProperty("items").EnumerateArray().Select(card => card.GetProperty("name").GetString()!)
        );
        Assert.Contains(
            list.GetProperty("drivers").EnumerateArray(),
            driver => (driver.GetProperty("name").GetString(), driver.GetProperty("state").GetString()) == ("NVIDIA", "ready")
        );
        Assert.Contains(
            """llamablazor_gpu_power_watts{gpu="nvidia0",name="Stand-in GPU A"} 123.456""",
            await program.Http.GetStringAsync("/metrics")
        );
    }

    [CompilerFact]
    public async Task Program_StartsWhileTheDriverHangs_AndFindsTheCardsLater()
    {
        using var library = await NvmlStandIn.BuildAsync();
        library.Hang();
        using var data = new TempFolder();
        using var program = Start(data, library);
        await program.WaitReadyAsync();
        await Until.TrueAsync(
            async () => await LatestAsync(program) is { } sample && sample.GetProperty("gpus").GetArrayLength() == 0,
            "samples without cards"
        );
        await Until.TrueAsync(
            async () =>
                (await program.GetAsync("/api/gpus"))
                    .GetProperty("drivers")
                    .EnumerateArray()
                    .Any(driver => driver.GetProperty("state").GetString() == "hanging"),
            "it is said"
        );
        library.Release();
        await Until.TrueAsync(
            async () => await LatestAsync(program) is { } sample && sample.GetProperty("gpus").GetArrayLength() == 2,
            "both cards"
        );
    }

    private static ProgramProcess Start(TempFolder data, NvmlStandIn library) =>
        ProgramProcess.With(
            data.Path,
            new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = library.Folder },
            "--LlamaBlazor:WatchFolders=false"
        );

    private static async Task<JsonElement?> LatestAsync(ProgramProcess program)
    {
        using var answer = await program.Http.GetAsync("/api/metrics/latest");
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement : null;
    }

    private static IGpuReader Open(NvmlStandIn library) =>
        NvmlReader.Open(library.Path) is { IsSuccess: true } opened ? opened.Value : throw new InvalidOperationException("not opened");

    private static GpuDrivers Drivers(NvmlStandIn library, TimeProvider clock) =>
        new([new GpuDriver("NVIDIA", () => NvmlReader.Open(library.Path), clock)], NullLogger<GpuDrivers>.Instance);

    private sealed class LateClock : TimeProvider
    {
        private long _late;

        public void Add(TimeSpan time) => Interlocked.Add(ref _late, (long)(time.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _late);
    }
}
