using System.Text.Json;

namespace LlamaBlazor.Domain.Cache;

/// <summary>The text of a whole answer: what a person would read of it.</summary>
public static class AnswerText
{
    /// <summary>Text of the first choice of OpenAI's forms, of Anthropic's, of the responses API or of llama-server's own; empty where
    /// there is none.</summary>
    /// <param name="json">The answer.</param>
    public static string Of(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return JsonElement.TryParseValue(ref reader, out var answer) && answer is { ValueKind: JsonValueKind.Object }
                ? Read(answer.Value)
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Read(JsonElement answer)
    {
        if (Get(answer, "choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0)
            return Text(
                Get(choices[0], "message") is { ValueKind: JsonValueKind.Object } message
                    ? Get(message, "content")
                    : Get(choices[0], "text")
            );
        return Get(answer, "output") is { ValueKind: JsonValueKind.Array } output
            ? string.Concat(output.EnumerateArray().Select(item => Text(Get(item, "content"))))
            : Text(Get(answer, "content"));
    }

    // Text, or parts of which some have text.
    private static string Text(JsonElement? content) =>
        content switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => string.Concat(
                parts.EnumerateArray().Select(part => Get(part, "text") is { ValueKind: JsonValueKind.String } text ? text.GetString() : "")
            ),
            _ => "",
        };

    private static JsonElement? Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
