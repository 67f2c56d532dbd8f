using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Tests.Domain.Security;

public sealed class RequestKeepingTests
{
    private static readonly string Long = new('x', 20_000);

    [Theory]
    [InlineData("none", 0)]
    [InlineData("preview", 100)]
    [InlineData("full", 16_384)]
    public void Prompts_AreKept_AsFarAsTheLevelSays(string level, int length)
    {
        var keeping = new RequestKeeping(level, 0, 1);
        Assert.Null(keeping.Check());
        Assert.Equal(length, keeping.Keep(Long)?.Length ?? 0);
        Assert.Equal(level == "none" ? null : "short", keeping.Keep("short"));
        Assert.Null(keeping.Keep(null));
    }

    [Fact]
    public void EveryBadField_IsNamed()
    {
        var failure = new RequestKeeping("Full", RequestKeeping.MaxTtlSeconds + 1, 0).Check();
        Assert.Equal(FailureKind.Invalid, failure!.Kind);
        Assert.Equal(["cache_max_size_mb", "cache_ttl_seconds", "store_prompts"], failure.Errors!.Keys.Order());
        Assert.Equal("cache_ttl_seconds", Assert.Single(new RequestKeeping("none", -1, 1).Check()!.Errors!).Key);
        Assert.Null(new RequestKeeping("full", RequestKeeping.MaxTtlSeconds, RequestKeeping.MaxSizeMb).Check());
    }

    [Fact]
    public void Rebase_KeepsTheEdits_AndTakesTheRest()
    {
        var (read, stored) = (new RequestKeeping("preview", 10, 10), new RequestKeeping("none", 10, 30));
        Assert.Equal(new RequestKeeping("none", 20, 30), new RequestKeeping("preview", 20, 10).Rebase(read, stored));
        // both changed it: the edit is meant
        Assert.Equal(new RequestKeeping("full", 10, 30), new RequestKeeping("full", 10, 10).Rebase(read, stored));
    }
}
