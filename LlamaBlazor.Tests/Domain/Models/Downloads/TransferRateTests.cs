using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Tests.Domain.Models.Downloads;

public sealed class TransferRateTests
{
    [Fact]
    public void Rate_FollowsTheLastTenSeconds()
    {
        var rate = new TransferRate();
        Assert.Null(rate.PerSecond);
        rate.Note(0, 1000); // resumed with what was there
        Assert.Null(rate.PerSecond);
        rate.Note(1, 3000);
        Assert.Equal(2000, rate.PerSecond);
        for (var second = 2; second <= 40; second++)
            rate.Note(second, 3000);
        Assert.Equal(0, rate.PerSecond);
    }

    [Theory]
    [InlineData(1000L, 400, 100.0, 6L)]
    [InlineData(1000L, 1000, 100.0, 0L)]
    [InlineData(1000L, 400, 0.0, null)]
    [InlineData(null, 400, 100.0, null)]
    public void Rest_IsToldWhereItCanBe(long? total, long received, double rate, long? left) =>
        Assert.Equal(left, TransferRate.Left(total, received, rate));
}
