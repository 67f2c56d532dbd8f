using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>A model that was closed for another opens again, also where its last look found somebody who left in that very
/// moment.</summary>
public sealed class StaleDrainTests : IClassFixture<ProxyFixture>
{
    private const int LooksOfARound = 3; // how long each of two has waited, and how long the third has been warm

    private const long Starving = 1;
    private const long Open = 2;
    private const long Refused = 3;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Overtaking = TimeSpan.FromMilliseconds(200); // as long as it is let try; it must not succeed

    private readonly HandClock _clock = new();
    private readonly LookClock _looks;
    private readonly InstanceRegistry _board = new(new Broadcast<InstanceSnapshot>(NullLogger<Broadcast<InstanceSnapshot>>.Instance));
    private readonly TaskCompletionSource<Result<InstanceSnapshot>> _refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProxyFixture _app;
    private int _givenUp;

    public StaleDrainTests(ProxyFixture fixture) => (_app, _looks) = (fixture, new LookClock(_clock.Timers));

    [Fact]
    public async Task ModelThatWasClosed_ForOneThatLeftMeanwhile_OpensAgain()
    {
        using var slots = new EngineSlots(
            _board,
            _app.Services.GetRequiredService<LlamaBlazor.Web.Engines.Connections.EngineClient>(),
            NullLogger<EngineSlots>.Instance
        );
        var options = FixedOptions.Of<ProxyOptions>(
            ProxyOptions.Section,
            ("LlamaBlazor:Proxy:StarvationSeconds", "0"),
            ("LlamaBlazor:Proxy:MinimumWarmSeconds", "0")
        );
        var lifetime = _app.Services.GetRequiredService<IHostApplicationLifetime>();
        var queues = new RequestQueues(_board, _app.Registry, options, _looks);
        var mover = new RequestMover(_board, StartAsync, slots, queues, lifetime, _clock, NullLogger<RequestMover>.Instance);
        var scheduler = new RequestScheduler(_board, slots, queues, mover, options, lifetime, _clock);
        _board.Publish(
            new InstanceSnapshot
            {
                Id = Open,
                ModelId = Open,
                Model = "open",
                Phase = InstancePhase.Running,
                BaseUrl = "http://127.0.0.1:1",
                ReadyAt = 1,
                ReadySince = TimeSpan.Zero,
            }
        );
        foreach (var pending in new[] { Starving, Refused })
            _board.Publish(
                new InstanceSnapshot
                {
                    Id = pending,
                    ModelId = pending,
                    Model = "pending",
                    Phase = InstancePhase.Loading,
                    Wait = StartWait.Pending,
                }
            );
        var before = Request(Open);
        Assert.NotNull((await scheduler.EnterAsync(before, null, CancellationToken.None)).Engine);
        scheduler.Leave(before);

        using var client = new CancellationTokenSource();
        var starving = scheduler.EnterAsync(Request(Starving), null, client.Token).AsTask();
        var refused = scheduler.EnterAsync(Request(Refused), null, CancellationToken.None).AsTask();
        await Until.TrueAsync(() => IsEachWaiting() && _clock.Timers.Fire(LookAgain), "both wait for a start");
        await Until.TrueAsync(() => _looks.Count >= 2 * LooksOfARound && IsEachWaiting(), "closed for those that starve");

        _looks.OnLook = () =>
        {
            // The refused one's last look found the starving one in its line. Now that one leaves, and its own last looks try to overtake:
            // on a thread of their own, since the lock lets its holder in again.
            var overtaking = Task.Run(() =>
            {
                client.Cancel();
                SpinWait.SpinUntil(() => starving.IsCompleted && IsGivenUp(), TimeSpan.FromSeconds(30));
            });
            SpinWait.SpinUntil(() => overtaking.IsCompleted, Overtaking);
        };
        _refusal.SetResult(Failure.Unavailable("no"));
        Assert.NotNull((await refused).Error);
        await Until.TrueAsync(IsGivenUp, "the start is given up");

        // Nobody waits, so nothing looks again: what was written last stays.
        await Until.TrueAsync(() => IsOpenAsync(scheduler), "open");
    }

    private bool IsEachWaiting() => _clock.Timers.Count(LookAgain) == 2;

    private bool IsGivenUp()
    {
        if (Volatile.Read(ref _givenUp) == 1)
            return true;
        _clock.Timers.Fire(LookAgain);
        return false;
    }

    private async Task<bool> IsOpenAsync(RequestScheduler scheduler)
    {
        using var leaving = new CancellationTokenSource();
        var request = Request(Open);
        var entering = scheduler.EnterAsync(request, null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        var isOpen = (await entering).Engine is not null;
        if (isOpen)
            scheduler.Leave(request);
        return isOpen;
    }

    private async Task<Result<InstanceSnapshot>> StartAsync(long model, CancellationToken given)
    {
        if (model == Refused)
            return await _refusal.Task;
        try
        {
            await Task.Delay(Timeout.Infinite, given);
        }
        finally
        {
            Volatile.Write(ref _givenUp, 1);
        }

        return Failure.Unavailable("never");
    }

    private InFlightRequest Request(long model)
    {
        var facts = new ProxyModelMetadata(
            0,
            null,
            null,
            null,
            null,
            null,
            null,
            false,
            LlamaBlazor.Domain.Models.Library.ProjectorSenses.None,
            "running"
        );
        return new InFlightRequest(
            model,
            "r",
            new ProxyRoute("POST", "/v1/chat/completions", ModelSource.Body, RouteKind.Chat),
            "/v1/chat/completions",
            0,
            _clock.GetTimestamp()
        )
        {
            Target = new ProxyTarget("m", new ProxyModel(model, "m", null, null, null, "default", facts), null),
        };
    }

    private sealed class HandClock : TimeProvider
    {
        public HandTimers Timers { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Timers.CreateTimer(callback, state, dueTime, period);
    }

    // The clock of those that look who starves.
    private sealed class LookClock(HandTimers timers) : TimeProvider
    {
        private int _looks;
        private Action? _onLook;

        /// <summary>How often somebody asked for how long a model has waited or been warm.</summary>
        public int Count => Volatile.Read(ref _looks);

        /// <summary>Called once, at the next look.</summary>
        public Action? OnLook
        {
            set => Volatile.Write(ref _onLook, value);
        }

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _looks);
            Interlocked.Exchange(ref _onLook, null)?.Invoke();
            return base.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            timers.CreateTimer(callback, state, dueTime, period);
    }
}
