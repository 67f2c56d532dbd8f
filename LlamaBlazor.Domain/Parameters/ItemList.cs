using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Texts that hold several items: JSON arrays for flags that repeat, and the comma rows of llama.cpp's CSV flags.</summary>
public static class ItemList
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Items as a JSON array.</summary>
    /// <param name="items">The items.</param>
    public static string Write(IReadOnlyList<string> items) => JsonSerializer.Serialize(items, Plain);

    /// <summary>Items of a JSON array; a text that is none counts as one item.</summary>
    /// <param name="text">The column's text.</param>
    public static IReadOnlyList<string> Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(text) ?? [];
        }
        catch (JsonException)
        {
            return [text];
        }
    }

    /// <summary>One CSV row: items with a comma or a quote are quoted, quotes doubled.</summary>
    /// <param name="items">The items.</param>
    public static string WriteRow(IEnumerable<string> items) =>
        string.Join(',', items.Select(item => item.AsSpan().IndexOfAny(',', '"') < 0 ? item : $"\"{item.Replace("\"", "\"\"")}\""));

    /// <summary>Items of a CSV row, trimmed; empty ones are left out.</summary>
    /// <param name="row">The row.</param>
    public static IReadOnlyList<string> ReadRow(string row)
    {
        var items = new List<string>();
        var item = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == '"' && quoted && i + 1 < row.Length && row[i + 1] == '"')
                item.Append(row[++i]);
            else if (row[i] == '"' && (quoted || item.Length == 0)) // inside an item that began without one, a quote means itself
                quoted = !quoted;
            else if (row[i] == ',' && !quoted)
                Take(items, item);
            else
                item.Append(row[i]);
        }

        Take(items, item);
        return items;
    }

    private static void Take(List<string> items, StringBuilder item)
    {
        if (item.ToString().Trim() is { Length: > 0 } text)
            items.Add(text);
        item.Clear();
    }
}
