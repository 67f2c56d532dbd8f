using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class EngineReadingTests
{
    [Fact]
    public void Metrics_WithValuesThatAreNoNumbers_KeepThoseUnknown()
    {
        var metrics = EngineMetrics.Parse(
            """
            # HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
            # TYPE llamacpp:prompt_tokens_total counter
            llamacpp:prompt_tokens_total 1.23457e+06
            llamacpp:tokens_predicted_total nan
            llamacpp:predicted_tokens_seconds inf
            llamacpp:requests_processing 2
            llamacpp:requests_deferred 3
            llamacpp:broken
            """
        );
        Assert.Equal(1234570, metrics.PromptTokens);
        Assert.Null(metrics.PredictedTokens);
        Assert.Equal(2, metrics.Processing);
        Assert.Equal(3, metrics.Deferred);
    }

    [Theory]
    [InlineData("""[{"n_decoded":7}]""")]
    [InlineData("""{"n_decoded":7}""")]
    public void Slots_WithNextTokenAsArrayOrObject_AreRead(string next)
    {
        var slots = EngineSlots.Parse(
            $$"""
            [{"id":0,"n_ctx":100,"speculative":false,"is_processing":false},
             {"id":1,"n_ctx":100,"is_processing":true,"id_task":5,"n_prompt_tokens":50,"next_token":{{next}}}]
            """
        );
        Assert.Equal(new EngineSlots(2, 1, 7, 25), slots);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"error\":{\"code\":501}}")]
    [InlineData("[1, \"a\"")]
    public void Slots_OfAnotherAnswer_AreUnknown(string json) => Assert.Null(EngineSlots.Parse(json));

    [Fact]
    public void Slots_WithForeignItems_SkipThem() => Assert.Equal(new EngineSlots(0, 0, 0, null), EngineSlots.Parse("[1,null,\"x\"]"));

    [Fact]
    public void Rate_Follows_RunningRequestsAndThoseThatEnded()
    {
        var rate = new TokenRate();
        Assert.Null(rate.Next(new EngineMetrics { PredictedTokens = 100 }, new EngineSlots(1, 1, 10, 0), 0));
        Assert.Equal(20, rate.Next(new EngineMetrics { PredictedTokens = 100 }, new EngineSlots(1, 1, 50, 0), 2000));
        // The request ends at 60 tokens: the counter takes over what the slot had shown.
        Assert.Equal(5, rate.Next(new EngineMetrics { PredictedTokens = 160 }, new EngineSlots(1, 0, 0, 0), 4000));
        Assert.Equal(0, rate.Next(new EngineMetrics { PredictedTokens = 160 }, null, 6000));
    }

    [Fact]
    public void Rate_PastAMillion_FollowsTheSlotsOnly()
    {
        var rate = new TokenRate();
        Assert.Null(rate.Next(new EngineMetrics { PredictedTokens = 999_990 }, new EngineSlots(1, 1, 0, 0), 0));
        Assert.Null(rate.Next(new EngineMetrics { PredictedTokens = 1_000_010 }, new EngineSlots(1, 1, 10, 0), 1000)); // not comparable
        Assert.Equal(30, rate.Next(new EngineMetrics { PredictedTokens = 1_000_010 }, new EngineSlots(1, 1, 40, 0), 2000));
        Assert.Equal(0, rate.Next(new EngineMetrics { PredictedTokens = 1_000_050 }, new EngineSlots(1, 0, 0, 0), 3000));
    }
}
