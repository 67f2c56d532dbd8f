using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Models;

/// <summary>One model as the API shows it: every column of <c>models</c> by its name, JSON columns as JSON, secrets as
/// <c>***</c>.</summary>
internal static class ModelJson
{
    private static readonly Dictionary<string, string> Renamed = new() { ["chat_template_text"] = "chat_template" };
    private static readonly HashSet<string> Json = ["forced_columns", "metadata_json", "parameters", "split_missing"];
    private static readonly HashSet<string> Secret = ["hf_token"];

    /// <summary>The columns.</summary>
    public static Dictionary<string, object?> Of(Model model)
    {
        var map = ColumnMap.For(typeof(Model));
        return map
            .Columns.Order(StringComparer.Ordinal)
            .ToDictionary(column => Renamed.GetValueOrDefault(column, column), column => Value(column, map.Get(model, column)));
    }

    private static object? Value(string column, object? value) =>
        value switch
        {
            null => null,
            _ when Secret.Contains(column) => "***",
            string text when Json.Contains(column) => JsonSerializer.Deserialize<JsonElement>(text),
            _ => value,
        };
}
