using System.Text.Json;

namespace LlamaBlazor.Domain.Common;

/// <summary>
/// JSON that somebody else wrote: bounded in length and depth, and without a key that stands twice in one object, of which readers take
/// different ones.
/// </summary>
public static class ForeignJson
{
    /// <summary>Objects and lists inside each other, at most.</summary>
    public const int MaxDepth = 64;

    /// <summary>For values that are shown inside other JSON, which has the same limit as a whole.</summary>
    public const int MaxNestedDepth = 32;

    /// <summary>Characters, at most.</summary>
    public const int MaxLength = 4_000_000;

    /// <summary>Reads a text; a failure says where it is wrong. Dispose the document.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="depth">Objects and lists inside each other, at most.</param>
    public static Result<JsonDocument> Parse(string text, int depth = MaxDepth)
    {
        if (text.Length > MaxLength)
            return Failure.Invalid("json", $"At most {MaxLength:N0} characters of JSON are read.");
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            return Failure.Invalid("json", Explain(text, depth, error));
        }
    }

    /// <summary>The words of a failure of <see cref="Parse"/>.</summary>
    /// <param name="failure">The failure.</param>
    public static string Words(Failure failure) => failure.Errors?.Values.FirstOrDefault()?.FirstOrDefault() ?? failure.Message;

    // The parser's own message is for programmers, and does not tell the three causes apart.
    private static string Explain(string text, int depth, JsonException error)
    {
        if (IsReadable(text, new JsonDocumentOptions { MaxDepth = depth }))
            return "A key stands twice in one object. Remove one of the two.";
        return IsReadable(text, new JsonDocumentOptions { MaxDepth = 1000 })
            ? $"Its objects and lists are nested deeper than {depth} levels."
            : $"This is not JSON: line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}.";
    }

    /// <summary>Whether a text is JSON at all, though perhaps not within the bounds.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsJson(string text) => text.Length <= MaxLength && IsReadable(text, new JsonDocumentOptions { MaxDepth = 1000 });

    private static bool IsReadable(string text, JsonDocumentOptions options)
    {
        try
        {
            using var document = JsonDocument.Parse(text, options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
