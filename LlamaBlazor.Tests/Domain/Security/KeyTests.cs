using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Tests.Domain.Security;

public sealed class KeyTests
{
    [Fact]
    public void Secrets_Have256Bits_AndNeverRepeat()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => KeySecret.Create()).ToHashSet();
        Assert.Equal(100, secrets.Count);
        Assert.All(secrets, secret => Assert.Matches("^lb-[A-Za-z0-9_-]{43}$", secret));
        Assert.Equal(64, KeySecret.Hash(secrets.First()).Length);
        Assert.Equal("", KeySecret.Hash(new string('x', 10_000)));
    }

    [Theory]
    [InlineData("Bearer abc", null, "abc")]
    [InlineData("bearer  abc ", "x", "abc")]
    [InlineData("Basic abc", "x", "x")]
    [InlineData(null, " x ", "x")]
    [InlineData(null, "", null)]
    [InlineData(null, null, null)]
    public void Secret_IsFoundInEitherHeader(string? authorization, string? key, string? secret) =>
        Assert.Equal(secret, KeySecret.FromHeaders(authorization, key));

    [Fact]
    public void Window_LetsThroughTheLimit_AndSaysWhenThereIsRoom()
    {
        var window = new MinuteWindow();
        Assert.Equal((0, 0, 50), (window.TryCount(2, 1000), window.TryCount(2, 11_000), window.TryCount(2, 11_000)));
        Assert.Equal(20, window.TryCount(2, 41_000));
        Assert.Equal(0, window.TryCount(2, 61_000));
        Assert.Equal(10, window.TryCount(2, 61_500));
        Assert.Equal(0, window.TryCount(2, 10_000_000));
    }

    [Fact]
    public void Window_SumsTokens()
    {
        var window = new MinuteWindow();
        window.Add(500, 0);
        Assert.Equal(0, window.Wait(501, 30_000));
        Assert.Equal(30, window.Wait(500, 30_000));
        Assert.Equal(0, window.Wait(500, 60_000));
    }

    [Fact]
    public void Window_GoesOn_WhenItsClockIsSetBack()
    {
        const long TwoHours = 7_200_000;
        var window = new MinuteWindow();
        window.Add(100, TwoHours * 2);
        Assert.Equal(60, window.Wait(100, TwoHours));
        Assert.Equal(30, window.Wait(100, TwoHours + 30_000));
        Assert.Equal(0, window.TryCount(100, TwoHours + 60_000));
        Assert.Equal(0, window.Wait(100, TwoHours * 3));
    }

    [Fact]
    public void Reservation_CountsUntilItIsSettled()
    {
        var window = new MinuteWindow();
        Assert.Equal(0, window.TryReserve(10, 300, 0, out var second));
        Assert.NotEqual(0, window.TryReserve(10, 300, 5_000, out _));
        window.Settle(second, 300, 4, 6_000);
        Assert.Equal(0, window.Wait(10, 6_000));
        window.Add(6, 7_000);
        Assert.Equal(59, window.Wait(10, 7_000)); // 4 of second 6 and 6 of second 7
        Assert.Equal(0, window.Wait(10, 66_000));
    }

    [Fact]
    public void Reservation_OfALongRequest_IsGoneWithItsMinute()
    {
        var window = new MinuteWindow();
        window.TryReserve(10, 300, 0, out var second);
        window.Settle(second, 300, 9, 90_000);
        Assert.Equal(0, window.Wait(10, 90_000));
        window.Add(1, 90_000);
        Assert.Equal(60, window.Wait(10, 90_000));
    }

    [Fact]
    public void Admin_MayEverything_OthersOnlyTheirScope()
    {
        var key = new ApiKey
        {
            Id = 1,
            Name = "k",
            Hash = "",
            Scopes = [Scope.Read],
            Models = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" },
            ExpiresAt = 5,
        };
        Assert.True(
            key.May(Scope.Read) && !key.May(Scope.Inference) && key.MayAsk("A") && !key.MayAsk("b") && key.IsExpired(5) && !key.IsExpired(4)
        );
        Assert.True((key with { Scopes = [Scope.Admin] }).May(Scope.Inference));
    }
}
