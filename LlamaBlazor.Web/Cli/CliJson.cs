using System.Globalization;
using System.Text.Json;

namespace LlamaBlazor.Web.Cli;

/// <summary>Shows answers of the API on a terminal.</summary>
internal static class CliJson
{
    private const int CellLimit = 60;
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A word as JSON: what parses as JSON is that, everything else is text.</summary>
    public static JsonElement Read(string word)
    {
        try
        {
            return JsonDocument.Parse(word).RootElement;
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(word);
        }
    }

    /// <summary>An answer for people, or as it came.</summary>
    public static string Show(JsonElement answer, bool asJson, IReadOnlyList<string> columns)
    {
        if (asJson)
            return JsonSerializer.Serialize(answer, Indented);
        if (
            answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("items", out var items)
            && items.ValueKind == JsonValueKind.Array
        )
            return Table([.. items.EnumerateArray()], columns);
        return answer.ValueKind == JsonValueKind.Object ? Lines(answer, "") : Cell("", answer);
    }

    private static string Table(JsonElement[] rows, IReadOnlyList<string> columns)
    {
        if (rows.Length == 0)
            return "None.";
        if (rows[0].ValueKind != JsonValueKind.Object)
            return string.Join('\n', rows.Select(row => Cell("", row)));
        if (columns.Count == 0)
            columns = [.. rows[0].EnumerateObject().Select(property => property.Name)];
        var cells = rows.Select(row =>
                columns.Select(column => row.TryGetProperty(column, out var value) ? Cell(column, value) : "").ToArray()
            )
            .Prepend([.. columns.Select(column => column.ToUpperInvariant())])
            .ToList();
        var widths = columns.Select((_, index) => cells.Max(row => row[index].Length)).ToArray();
        return string.Join(
            '\n',
            cells.Select(row => string.Join("  ", row.Select((cell, index) => cell.PadRight(widths[index]))).TrimEnd())
        );
    }

    private static string Lines(JsonElement answer, string indent) =>
        string.Join(
            '\n',
            answer
                .EnumerateObject()
                .Select(property =>
                    property.Value.ValueKind switch
                    {
                        JsonValueKind.Object => $"{indent}{property.Name}:\n{Lines(property.Value, indent + "  ")}",
                        JsonValueKind.Array when property.Value.GetArrayLength() > 0 => $"{indent}{property.Name}:\n"
                            + string.Join(
                                '\n',
                                Table([.. property.Value.EnumerateArray()], []).Split('\n').Select(line => $"{indent}  {line}")
                            ),
                        JsonValueKind.Array => $"{indent}{property.Name}: none",
                        _ => $"{indent}{property.Name}: {Cell(property.Name, property.Value)}",
                    }
                )
        );

    private static string Cell(string name, JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => "-",
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            JsonValueKind.Number when name.EndsWith("_bytes", StringComparison.Ordinal) => Bytes(value.GetDouble()),
            JsonValueKind.Number when name.EndsWith("_at", StringComparison.Ordinal) && value.TryGetInt64(out var at) => DateTimeOffset
                .FromUnixTimeMilliseconds(at)
                .ToLocalTime()
                .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            JsonValueKind.String => value.GetString()!.ReplaceLineEndings(" "),
            _ => value.GetRawText(),
        };
        return text.Length > CellLimit && name is not ("" or "display" or "next_step" or "message" or "reason" or "path" or "name")
            ? string.Concat(text.AsSpan(0, CellLimit - 1), "…")
            : text;
    }

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var power = bytes > 0 ? Math.Min(units.Length - 1, (int)(Math.Log2(bytes) / 10)) : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1024, power):0.#} {units[power]}");
    }
}
