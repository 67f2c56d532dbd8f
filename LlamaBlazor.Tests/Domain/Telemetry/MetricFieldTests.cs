using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class MetricFieldTests
{
    public static TheoryData<string> Names => [.. MetricField.All.Select(one => one.Name)];

    [Fact]
    public void All_NameEachNumberOfASample_Once()
    {
        var numbers = typeof(Sample)
            .GetProperties()
            .Where(property => property.Name != nameof(Sample.Timestamp) && property.PropertyType.IsValueType)
            .Select(property => property.Name);
        Assert.Equal(numbers.Order(), MetricField.All.Select(field => field.Property).Order());
        Assert.Equal("load_1min", MetricField.Find("load_1min").Name); // as the seed writes it, not load1_min
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Compose_AndRead_AgreeOnEachValue(string name)
    {
        var field = MetricField.Find(name);
        var sample = MetricField.Compose(5, one => one == field ? 3 : null);
        Assert.Equal((5, 3), (sample.Timestamp, field.Read(sample)));
        Assert.All(MetricField.All.Where(other => other != field), other => Assert.True(other.Read(sample) is null or 0, other.Name));
    }

    [Fact]
    public void Reduce_IsMeanHighestOrLast_AndLeavesOutWhatIsMissing()
    {
        Sample[] samples =
        [
            new()
            {
                Timestamp = 1,
                CpuUsage = 10,
                GpuTemperature = 70,
                Uptime = 5,
            },
            new()
            {
                Timestamp = 2,
                CpuUsage = 20,
                GpuTemperature = 60,
                SwapUsage = 4,
                Uptime = 6,
            },
        ];
        var mean = SampleMean.Of(9, samples);
        Assert.Equal((9, 15, 70, 4, 6), (mean.Timestamp, mean.CpuUsage, mean.GpuTemperature, mean.SwapUsage, mean.Uptime));
        Assert.Null(mean.GpuUsage);
    }

    [Fact]
    public void Find_OfAnotherName_SaysIt() =>
        Assert.Contains("cpu_load", Assert.Throws<KeyNotFoundException>(() => MetricField.Find("cpu_load")).Message);
}
