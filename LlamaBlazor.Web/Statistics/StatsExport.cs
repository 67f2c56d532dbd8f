using System.Globalization;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Statistics;

/// <summary>Writes recorded requests as CSV or JSON, row by row, so that any number of them needs no memory.</summary>
internal static class StatsExport
{
    private static readonly ColumnMap Columns = ColumnMap.For(typeof(StatsRow));

    // In the order they are declared: time and model first would break nobody, but the id leads as everywhere.
    private static readonly IReadOnlyList<string> Names =
    [
        .. typeof(StatsRow).GetProperties().Select(property => ColumnMap.SnakeCase(property.Name)),
    ];

    /// <summary>Writes CSV of RFC 4180, UTF-8 without a mark, lines end with LF.</summary>
    public static async Task CsvAsync(Stream output, IAsyncEnumerable<StatsRow> rows, CancellationToken cancellation)
    {
        var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteLineAsync(string.Join(',', Names)).ConfigureAwait(false);
            await foreach (var row in rows.WithCancellation(cancellation).ConfigureAwait(false))
                await writer.WriteLineAsync(string.Join(',', Names.Select(name => Field(Columns.Get(row, name))))).ConfigureAwait(false);
        }
    }

    /// <summary>Writes one JSON array.</summary>
    public static async Task JsonAsync(Stream output, IAsyncEnumerable<StatsRow> rows, CancellationToken cancellation)
    {
        await output.WriteAsync("["u8.ToArray(), cancellation).ConfigureAwait(false);
        var first = true;
        await foreach (var row in rows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (!first)
                await output.WriteAsync(",\n"u8.ToArray(), cancellation).ConfigureAwait(false);
            first = false;
            await JsonSerializer.SerializeAsync(output, row, ApiJson.Options, cancellation).ConfigureAwait(false);
        }

        await output.WriteAsync("]\n"u8.ToArray(), cancellation).ConfigureAwait(false);
    }

    // A text that a spreadsheet would run as a formula is led by an apostrophe.
    private static string Field(object? value)
    {
        var text = value switch
        {
            null => "",
            bool flag => flag ? "1" : "0",
            string words => words is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? "'" + words : words,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }
}
