using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

/// <summary>How busy each model is, also where models are forgotten while others come and go.</summary>
public sealed class ModelLoadsTests
{
    private readonly ModelLoads _loads = new();

    [Fact]
    public void Counts_FollowThoseWhoComeAndGo()
    {
        Assert.Equal(default, _loads.Find(1));
        _loads.Enter(1);
        _loads.Enter(1);
        Assert.False(_loads.Leave(1, 5));
        _loads.Succeed(1, 6);
        Assert.Equal(new ModelLoad(1, 5, 6), _loads.Find(1));
        Assert.True(_loads.Leave(1, 7));
        Assert.Equal(new ModelLoad(0, 7, 6), _loads.Find(1));
        Assert.Equal([1], _loads.Models);
    }

    [Fact]
    public void Leave_WhereNobodyIs_CountsNothing()
    {
        Assert.False(_loads.Leave(1, 5));
        Assert.Empty(_loads.Models);
        _loads.Enter(1);
        _loads.Leave(1, 6);
        Assert.False(_loads.Leave(1, 7));
        Assert.Equal(new ModelLoad(0, 6, 0), _loads.Find(1));
    }

    [Fact]
    public void Forget_WaitsForTheLastOne_AndNothingComesBack()
    {
        _loads.Enter(1);
        Assert.False(_loads.Forget(1));
        Assert.Equal(1, _loads.Find(1).Busy);
        Assert.True(_loads.Leave(1, 5));
        Assert.True(_loads.Forget(1));
        _loads.Succeed(1, 6); // a request is noted as ended only after it has left
        Assert.Empty(_loads.Models);
        Assert.True(_loads.Forget(1));
    }

    [Fact]
    public async Task EnteringLeavingAndForgetting_AtOnce_NeverCountBelowZero_NorLoseAnybody()
    {
        const int Rounds = 20_000;
        var least = 0;
        var lost = 0;
        using var ended = new CancellationTokenSource();
        var forgetting = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                _loads.Forget(1);
                least = Math.Min(least, _loads.Find(1).Busy);
            }
        });
        var last = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        var lastOnes = 0;
                        for (var round = 0; round < Rounds; round++)
                        {
                            _loads.Enter(1);
                            if (_loads.Find(1).Busy < 1)
                                Interlocked.Increment(ref lost);
                            lastOnes += _loads.Leave(1, round + 1) ? 1 : 0;
                        }

                        return lastOnes;
                    })
                )
        );
        await ended.CancelAsync();
        await forgetting;
        Assert.Equal((0, 0, 0), (least, lost, _loads.Find(1).Busy));
        Assert.InRange(last.Sum(), 1, 4 * Rounds);
        Assert.True(_loads.Forget(1));
        Assert.Empty(_loads.Models);
    }
}
