using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>JSON objects as they come through shells, which leave quotes and escapes of their own around and inside them.</summary>
internal static class ForeignObject
{
    /// <summary>
    /// The object in one line: the text itself where it is one, else what is left without a layer of quotes or escapes; the text as it is
    /// where that is none either.
    /// </summary>
    /// <param name="text">A text.</param>
    public static string Repair(string text)
    {
        var bare = text.Trim();
        var unquoted = bare.Length > 1 && bare[0] is '"' or '\'' && bare[^1] == bare[0] ? bare[1..^1] : bare;
        string[] forms =
        [
            bare,
            Unescape(bare),
            unquoted,
            Unescape(unquoted),
            unquoted.Replace("\"\"", "\""),
            unquoted.Replace("`\"", "\""),
        ];
        return ParameterInput.Minify(forms.FirstOrDefault(IsObject) ?? text);
    }

    private static string Unescape(string text) => text.Replace("\\\"", "\"");

    private static bool IsObject(string text)
    {
        if (!text.StartsWith('{') || ForeignJson.Parse(text) is not { IsSuccess: true } read)
            return false;
        using var document = read.Value;
        return document.RootElement.ValueKind == JsonValueKind.Object;
    }
}
