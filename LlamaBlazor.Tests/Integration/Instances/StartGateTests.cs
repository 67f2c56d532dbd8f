using System.Net.Http.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Who gets a place that becomes free: moments that real engines meet too seldom. Nothing is launched; the gate is asked itself.</summary>
public sealed class StartGateTests : IAsyncLifetime, IDisposable
{
    private static readonly StartWish Waiting = StartWish.Patient with { MayEvict = false };

    private readonly LateClock _clock = new();
    private InstanceHarness _app = null!;
    private StartGate _gate = null!;

    public async Task InitializeAsync()
    {
        _app = new InstanceHarness();
        await _app.InitializeAsync();
        _gate = new StartGate(Service<AdmissionService>(), Service<AllocationStore>(), _app.Board, _ => default, new LoadSignal(), new Lazy<InstanceSupervisor>(() => _app.Supervisor), Service<InstanceOptions>(), _clock, NullLogger<StartGate>.Instance);
    }

    public async Task DisposeAsync()
    {
        _gate.Dispose();
        await ((IAsyncLifetime)_app).DisposeAsync();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task PlaceThatBecomesFree_WhileTheLineIsAsked_IsForTheFirst()
    {
        await LimitAsync(1);
        var holder = await FactsAsync();
        Assert.Null(await EnterAsync(holder, Waiting));
        // Told each time that it must still wait: just then, before the next one is asked, the place becomes free.
        var mayLeave = false;
        var first = EnterAsync(await FactsAsync(), Waiting, stage =>
        {
            if (stage.Place == 1 && Volatile.Read(ref mayLeave))
                _gate.Leave(holder.ModelId);
        });
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
        var waiting = await LineUpAsync(large, StartWish.Patient, patience.Token);
        Assert.Null(await EnterAsync(small, StartWish.Now)); // it may pass at first
        _gate.Leave(small.ModelId);

        _clock.Late = TimeSpan.FromSeconds(31);
        var refused = await EnterAsync(small, StartWish.Now);
        Assert.Equal(["line"], refused!.Errors!.Keys);
        Assert.Contains(large.Name, refused.Message, StringComparison.Ordinal);
        Assert.False((await _gate.PreviewAsync(small, true, CancellationToken.None)).Admitted);
        Assert.Null(await EnterAsync(await FactsAsync(), StartWish.Now)); // another project takes nothing from it
        Assert.False(waiting.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Null(await EnterAsync(small, StartWish.Now));
    }

    [Fact]
    public async Task OneThatCanNeverStart_HoldsNobodyUp()
    {
        await LimitAsync(0);
        await ShareAsync(cores: 4);
        var waiting = await LineUpAsync(await FactsAsync("team", cores: 6), StartWish.Patient);
        _clock.Late = TimeSpan.FromHours(1);
        Assert.Null(await EnterAsync(await FactsAsync("team", cores: 4), StartWish.Now));
        Assert.False(waiting.IsCompleted);
    }

    private async Task LimitAsync(int most)
    {
        using var answer = await _app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = most });
        answer.EnsureSuccessStatusCode();
    }

    private Task ShareAsync(double cores) => Service<DatabaseWriter>().ExecuteAsync((context, _) =>
    {
        context.Add(new ProjectQuotaRow { ProjectPath = "team", MaxCpuCores = cores });
        return Task.CompletedTask;
    });

    private T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    private Task<Failure?> EnterAsync(InstanceFacts facts, StartWish wish, Action<StartStage>? onStage = null, CancellationToken cancellation = default) =>
        _gate.EnterAsync(facts, new CurrentWish(wish, _clock), onStage ?? (_ => { }), cancellation);

    // Waits until it is in the line.
    private async Task<Task<Failure?>> LineUpAsync(InstanceFacts facts, StartWish wish, CancellationToken cancellation = default)
    {
        var asked = 0;
        var waiting = EnterAsync(facts, wish, _ => Interlocked.Increment(ref asked), cancellation);
        await Until.TrueAsync(() => Volatile.Read(ref asked) > 1, "asked once more, in the line"); // the first time it is told before it joins
        return waiting;
    }

    private async Task<InstanceFacts> FactsAsync(string? project = null, double? cores = null)
    {
        var id = await _app.AddModelWithAsync(null, configure: runtime => (runtime.Project, runtime.CpuLimit) = (project, cores));
        return (await InstanceFacts.ReadAsync(Service<IDbContextFactory<LlamaDbContext>>(), id, CancellationToken.None)).Value;
    }

    private sealed class LateClock : TimeProvider
    {
        /// <summary>How much later it is.</summary>
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }
}
