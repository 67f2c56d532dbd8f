using System.Globalization;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Statistics;

namespace LlamaBlazor.Tests.Integration.Statistics;

public sealed class StatsColumnsTests
{
    [Fact]
    public void EveryColumn_IsWritten() =>
        Assert.Equal(
            ColumnMap.For(typeof(StatsRow)).Columns.Where(name => name != "id").Order(),
            StatsColumns.All.Select(column => column.Name).Order()
        );

    [Fact]
    public void EveryColumn_GivesItsOwnValue()
    {
        var map = ColumnMap.For(typeof(StatsRow));
        var row = new StatsRow();
        foreach (var (column, i) in StatsColumns.All.Select((column, i) => (column, i)))
        {
            var type = map.TypeOf(column.Name);
            object value =
                type == typeof(string) ? $"text {i}"
                : type == typeof(bool) ? true
                : Convert.ChangeType(i, type, CultureInfo.InvariantCulture);
            map.Set(row, column.Name, value);
            Assert.Equal(value, column.Value(row));
        }
    }
}
