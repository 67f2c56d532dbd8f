using System.Net.Http.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Who gets a place that becomes free: moments that real engines meet too seldom. Nothing is launched; the gate is asked
/// itself.</summary>
public sealed class AdmissionQueueTests : IAsyncLifetime
{
    private static readonly StartOptions Waiting = StartOptions.Patient with { MayEvict = false };

    private readonly LateClock _clock = new();
    private InstanceHarness _app = null!;
    private AdmissionQueue _gate = null!;
    private Reservations _places = null!;

    public async ValueTask InitializeAsync()
    {
        _app = new InstanceHarness();
        await _app.InitializeAsync();
        _gate = NewGate(_clock);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task PlaceThatBecomesFree_WhileTheLineIsAsked_IsForTheFirst()
    {
        await LimitAsync(1);
        var holder = await FactsAsync();
        Assert.Null(await EnterAsync(holder, Waiting));
        // Told each time that it must still wait: just then, before the next one is asked, the place becomes free.
        var mayLeave = false;
        var first = EnterAsync(
            await FactsAsync(),
            Waiting,
            stage =>
            {
                if (stage.Place == 1 && Volatile.Read(ref mayLeave))
                    _gate.Leave(holder.ModelId);
            }
        );
        var second = await LineUpAsync(await FactsAsync(), Waiting);
        Volatile.Write(ref mayLeave, true);
        Assert.Same(first, await Task.WhenAny(first, second));
        Assert.Null(await first);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task OneThatWaitsForLong_KeepsOthersFromWhatItNeeds_AndFromNothingElse()
    {
        await LimitAsync(0);
        await ShareAsync(cores: 4);
        Assert.Null(await EnterAsync(await FactsAsync("team", cores: 2), Waiting));
        using var patience = new CancellationTokenSource();
        var (large, small) = (await FactsAsync("team", cores: 4), await FactsAsync("team", cores: 2));
        var waiting = await LineUpAsync(large, StartOptions.Patient, patience.Token);
        Assert.Null(await EnterAsync(small, StartOptions.Now)); // it may pass at first
        _gate.Leave(small.ModelId);

        _clock.Late = TimeSpan.FromSeconds(31);
        var refused = await EnterAsync(small, StartOptions.Now);
        Assert.Equal(["line"], refused!.Errors!.Keys);
        Assert.Contains(large.Name, refused.Message, StringComparison.Ordinal);
        Assert.False((await _gate.PreviewAsync(small, true, CancellationToken.None)).Admitted);
        Assert.Null(await EnterAsync(await FactsAsync(), StartOptions.Now)); // another project takes nothing from it
        Assert.False(waiting.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Null(await EnterAsync(small, StartOptions.Now));
    }

    [Fact]
    public async Task OneThatCanNeverStart_IsRefusedAtOnce_AndHoldsNobodyUp()
    {
        await LimitAsync(0);
        await ShareAsync(cores: 4);
        var refused = await EnterAsync(await FactsAsync("team", cores: 6), StartOptions.Patient);
        Assert.Equal(["quota"], refused!.Errors!.Keys);
        Assert.Null(await EnterAsync(await FactsAsync("team", cores: 4), StartOptions.Now));
    }

    [Fact]
    public async Task ManyWakeUps_AreOneRound_AfterABreath()
    {
        await LimitAsync(1);
        var clock = new StoppedClock();
        using var gate = NewGate(clock);
        Assert.Null(await gate.EnterAsync(await FactsAsync(), new CurrentStartOptions(Waiting, clock), _ => { }, CancellationToken.None));
        using var patience = new CancellationTokenSource();
        var told = 0;
        var waiting = gate.EnterAsync(
            await FactsAsync(),
            new CurrentStartOptions(Waiting, clock),
            _ => Interlocked.Increment(ref told),
            patience.Token
        );
        await Until.TrueAsync(() => clock.Timers.IsWaiting(TimeSpan.FromMilliseconds(500)), "the line rests");
        var before = Volatile.Read(ref told);
        gate.Wake();
        await Until.TrueAsync(() => clock.Timers.IsWaiting(TimeSpan.FromMilliseconds(20)), "it takes a breath");
        for (var i = 0; i < 100; i++)
            gate.Wake();
        Assert.Equal(before, Volatile.Read(ref told));
        clock.Timers.Fire(TimeSpan.FromMilliseconds(20));
        await Until.TrueAsync(() => Volatile.Read(ref told) == before + 1, "asked once more");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task StartThatHasLeft_GivesBackItsOwnPlace_NotThatOfTheNextOne()
    {
        var facts = await FactsAsync();
        var earlier = new PendingStart(
            facts,
            await Service<StartDemands>().FindAsync(facts, CancellationToken.None),
            new CurrentStartOptions(Waiting, _clock),
            _ => { },
            0
        );
        Assert.Null(await EnterAsync(facts, Waiting));
        _gate.Leave(earlier);
        Assert.Equal(facts.ModelId, Assert.Single(_places.Occupants()).ModelId);
    }

    [LinuxFact]
    public async Task MemoryThatWasPromised_IsNotMetByTheOneThatEndsForIt()
    {
        const long Size = 1 << 20;
        var (facts, admission) = (await FactsAsync(), Service<AdmissionService>());
        var demand = await Service<StartDemands>().FindAsync(facts, CancellationToken.None) with { Memory = Size };
        var idle = new Occupant(99, "idle", "default", Size, true, false, false, TimeSpan.FromDays(1), null);
        var total = Service<MachineMeter>().Read().TotalMemory!.Value;
        Assert.True((await admission.DecideAsync(facts, demand, true, [idle], 0, CancellationToken.None)).Decision.Admitted);
        var (decision, _) = await admission.DecideAsync(facts, demand, true, [idle], 2 * total, CancellationToken.None);
        var reason = Assert.Single(decision.Reasons);
        Assert.Contains("0 B are free", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OptionsThatAreReplaced_WhileTheOldOnesAreDecided_Count()
    {
        await LimitAsync(1);
        var holder = await FactsAsync();
        var options = new CurrentStartOptions(Waiting, _clock);
        _gate.Dispose();
        _gate = NewGate(
            _clock,
            _ =>
            {
                options.Replace(StartOptions.Now with { Force = true }); // asked about the holder, in the middle of the decision
                return default;
            }
        );
        Assert.Null(await EnterAsync(holder, Waiting));
        Assert.Null(await _gate.EnterAsync(await FactsAsync(), options, _ => { }, CancellationToken.None));
    }

    private AdmissionQueue NewGate(TimeProvider clock, ReadLoad? load = null) =>
        new(
            Service<AdmissionService>(),
            Service<StartDemands>(),
            _places = new Reservations(
                Service<AllocationStore>(),
                _app.Board,
                load ?? (_ => default),
                Service<IOptionsMonitor<InstanceOptions>>(),
                clock
            ),
            new LoadSignal(),
            new Evictions(_app.Supervisor.EvictAsync, Service<IOptionsMonitor<InstanceOptions>>(), clock),
            clock,
            NullLogger<AdmissionQueue>.Instance
        );

    private async Task LimitAsync(int most)
    {
        using var answer = await _app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = most });
        answer.EnsureSuccessStatusCode();
    }

    private Task ShareAsync(double cores) =>
        Service<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Add(new ProjectQuotaRow { ProjectPath = "team", MaxCpuCores = cores });
                    return Task.CompletedTask;
                }
            );

    private T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    private Task<Failure?> EnterAsync(
        InstanceDefinition facts,
        StartOptions wish,
        Action<StartStage>? onStage = null,
        CancellationToken cancellation = default
    ) => _gate.EnterAsync(facts, new CurrentStartOptions(wish, _clock), onStage ?? (_ => { }), cancellation);

    // Waits until it is in the line.
    private async Task<Task<Failure?>> LineUpAsync(InstanceDefinition facts, StartOptions wish, CancellationToken cancellation = default)
    {
        var asked = 0;
        var waiting = EnterAsync(facts, wish, _ => Interlocked.Increment(ref asked), cancellation);
        // the first time it is told before it joins
        await Until.TrueAsync(() => Volatile.Read(ref asked) > 1, "asked once more, in the line");
        return waiting;
    }

    private async Task<InstanceDefinition> FactsAsync(string? project = null, double? cores = null)
    {
        var id = await _app.AddModelWithAsync(null, configure: runtime => (runtime.Project, runtime.CpuLimit) = (project, cores));
        return (await InstanceDefinition.ReadAsync(Service<IDbContextFactory<LlamaDbContext>>(), id, CancellationToken.None)).Value;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public HandTimers Timers { get; } = new();

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Timers.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class LateClock : TimeProvider
    {
        /// <summary>How much later it is.</summary>
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }
}
