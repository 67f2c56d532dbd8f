using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The body of a request: JSON, or the error with which the real one's JSON library refuses it.</summary>
internal static class SimulatedBody
{
    private const string EmptyInput =
        "attempting to parse an empty input; check that your input string or stream contains the expected JSON";
    private const string SyntaxError = "syntax error while parsing value - invalid literal";

    /// <summary>Reads a body.</summary>
    /// <returns>The JSON (null for the word null), or the error.</returns>
    public static async Task<(JsonNode? Json, SimulatedError? Error)> ReadAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        if (buffer.Length == 0)
            return (null, Parse(1, 1, EmptyInput));
        try
        {
            return (JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)), null);
        }
        catch (JsonException error)
        {
            return (null, Parse((error.LineNumber ?? 0) + 1, (error.BytePositionInLine ?? 0) + 1, SyntaxError));
        }
    }

    /// <summary>Words for a value of the wrong type.</summary>
    /// <param name="wanted">Type that was expected.</param>
    /// <param name="given">What there was.</param>
    public static string WrongType(string wanted, JsonNode? given) =>
        $"[json.exception.type_error.302] type must be {wanted}, but is {TypeOf(given)}";

    /// <summary>Words for a key that is not there.</summary>
    public static string Missing(string key) => $"[json.exception.out_of_range.403] key '{key}' not found";

    /// <summary>A number of the body, or a fallback when it is none.</summary>
    public static double Number(JsonNode? node, double fallback) =>
        node is JsonValue value && value.TryGetValue<double>(out var number) ? number : fallback;

    /// <summary>A whole number of the body, or a fallback when it is none; what is too large is the largest.</summary>
    public static int Whole(JsonNode? node, int fallback) => (int)Math.Clamp(Number(node, fallback), int.MinValue, int.MaxValue);

    /// <summary>True only for <c>true</c>.</summary>
    public static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>A text of the body, or null when it is none.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static SimulatedError Parse(long line, long column, string reason) =>
        SimulatedError.Server($"[json.exception.parse_error.101] parse error at line {line}, column {column}: {reason}");

    private static string TypeOf(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
}
