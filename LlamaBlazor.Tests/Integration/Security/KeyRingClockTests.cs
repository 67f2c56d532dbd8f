using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>The limits of a key are minutes that pass, not minutes of the wall clock, which people and time servers set.</summary>
public sealed class KeyRingClockTests(AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly TimeSpan[] Jumps = [TimeSpan.FromHours(-1), TimeSpan.FromDays(-400), TimeSpan.FromHours(1)];

    private readonly WallClock _clock = new();

    [Fact]
    public void Client_FarBelowItsLimit_IsNeverRefused_WhenTheClockIsSet()
    {
        var (ring, key) = (
            NewRing(),
            new ApiKey
            {
                Id = 1,
                Name = "six a minute",
                Hash = "",
                Scopes = [],
                RequestsPerMinute = 60,
            }
        );
        foreach (var jump in Jumps)
        {
            _clock.Wall += jump;
            for (var request = 0; request < 120; request++) // twenty minutes
            {
                Assert.Equal(0, ring.TryCount(key, 0, out _));
                _clock.Pass(TimeSpan.FromSeconds(10));
            }
        }
    }

    [Fact]
    public void Client_AboveItsLimit_WaitsForTheRestOfItsMinute_WhenTheClockIsSet()
    {
        var (ring, key) = (
            NewRing(),
            new ApiKey
            {
                Id = 1,
                Name = "many",
                Hash = "",
                Scopes = [],
                RequestsPerMinute = 60,
            }
        );
        foreach (var jump in Jumps)
        {
            for (var request = 0; request < 60; request++)
                Assert.Equal(0, ring.TryCount(key, 0, out _));
            _clock.Wall += jump;
            Assert.InRange(ring.TryCount(key, 0, out _), 59, 60);
            _clock.Pass(TimeSpan.FromSeconds(30));
            Assert.InRange(ring.TryCount(key, 0, out _), 29, 30);
            _clock.Pass(TimeSpan.FromSeconds(31));
            Assert.Equal(0, ring.TryCount(key, 0, out _));
            _clock.Pass(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public void Tokens_AndTheLastUse_FollowTheSameMinutes()
    {
        var (ring, key) = (
            NewRing(),
            new ApiKey
            {
                Id = 1,
                Name = "tokens",
                Hash = "",
                Scopes = [],
                TokensPerMinute = 100,
            }
        );
        foreach (var jump in Jumps)
        {
            Assert.True(ring.ShouldSaveUse(key.Id));
            Assert.Equal(0, ring.TryCount(key, 100, out var promised));
            ring.CountTokens(key.Id, 100, promised);
            _clock.Wall += jump;
            Assert.False(ring.ShouldSaveUse(key.Id));
            Assert.InRange(ring.TryCount(key, 1, out _), 59, 60);
            _clock.Pass(TimeSpan.FromSeconds(61));
        }
    }

    private KeyRing NewRing() =>
        new(
            app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>(),
            app.Services.GetRequiredService<DatabaseState>(),
            app.Services.GetRequiredService<DashboardPass>(),
            _clock
        );

    private sealed class WallClock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public DateTimeOffset Wall { get; set; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            _ticks += time.Ticks;
        }
    }
}
