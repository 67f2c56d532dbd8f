using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlamaBlazor.Domain.Cache;

/// <summary>
/// Takes the prompt out of an answer that repeats it, and puts it back: llama-server's <c>/completion</c> tells the prompt it read, which
/// may not be kept.
/// What the engine put around it, such as the token that begins a text, stays.
/// </summary>
public static class PromptMask
{
    private const int AroundBound = 64; // characters beside the prompt; more would be another text
    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer without the prompt, or null where it cannot be taken out. An answer that tells no prompt stays as it
    /// is.</summary>
    /// <param name="answer">A JSON object.</param>
    /// <param name="prompt">The prompt of the request.</param>
    public static byte[]? Hide(ReadOnlySpan<byte> answer, string prompt)
    {
        if (!TryFind(answer, out var place, out var told))
            return null;
        if (place is not { } value)
            return answer.ToArray();
        var at = told is null || prompt.Length == 0 ? -1 : told.IndexOf(prompt, StringComparison.Ordinal);
        if (at < 0 || told!.Length - prompt.Length > AroundBound)
            return null;
        var around = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(around, AsWritten))
        {
            json.WriteStartArray();
            json.WriteStringValue(told[..at]);
            json.WriteStringValue(told[(at + prompt.Length)..]);
            json.WriteEndArray();
        }

        return [.. answer[..value.Start], .. around.WrittenSpan, .. answer[value.End..]];
    }

    /// <summary>The answer with the prompt in its place again.</summary>
    /// <param name="answer">What <see cref="Hide"/> made, or an answer from which nothing was taken.</param>
    /// <param name="prompt">The prompt of the request.</param>
    public static byte[] Show(byte[] answer, string prompt)
    {
        if (!TryFind(answer, out var place, out var told) || place is not { } value || told is not null)
            return answer;
        if (JsonSerializer.Deserialize<string[]>(answer.AsSpan(value)) is not [var before, var behind])
            return answer;
        var text = JsonEncodedText.Encode(before + prompt + behind, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return [.. answer.AsSpan(0, value.Start.Value), (byte)'"', .. text.EncodedUtf8Bytes, (byte)'"', .. answer.AsSpan(value.End.Value)];
    }

    // Where the value of "prompt" stands, and its text where it is one. False when the answer is no JSON object.
    private static bool TryFind(ReadOnlySpan<byte> answer, out Range? place, out string? told)
    {
        (place, told) = (null, null);
        try
        {
            var reader = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = 512 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals("prompt"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (wanted)
                    told = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
                if (wanted)
                    place = start..(int)reader.BytesConsumed;
            }

            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
