using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Gauge_WithoutValue_IsLeftOut() => Assert.Equal("", new PrometheusText().Gauge("a", "A", null).ToString());

    [Fact]
    public void Metrics_Have_HelpTypeAndValue() =>
        Assert.Equal(
            "# HELP a_total A thing\n# TYPE a_total counter\na_total 1234567\n# HELP b B\n# TYPE b gauge\nb 0.1\n",
            new PrometheusText().Counter("a_total", "A thing", 1234567).Gauge("b", "B", 0.1).ToString()
        );

    [Fact]
    public void Labels_Are_Escaped()
    {
        var text = new PrometheusText()
            .Gauges("g", "G", [([("model", "a\"b\\c\nd"), ("x", "y")], double.PositiveInfinity), ([("model", "z")], null)])
            .ToString();
        Assert.Equal("# HELP g G\n# TYPE g gauge\ng{model=\"a\\\"b\\\\c\\nd\",x=\"y\"} +Inf\n", text);
    }
}
