using System.Text.Json;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// Reads <see cref="GenerationUsage"/> from one JSON object: a whole answer or the data of one event. Knows the shapes of OpenAI's chat,
/// completions and
/// Responses, Anthropic's Messages, and llama-server's native ones (parameters.md (e)). Takes what it can get from a cut or damaged object.
/// </summary>
public static class UsageJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    /// <summary>Adds what the object says. Values it does not name stay.</summary>
    /// <param name="json">The object; may be cut.</param>
    /// <param name="usage">Where to put it.</param>
    public static void Read(ReadOnlySpan<byte> json, GenerationUsage usage)
    {
        if (!TryRead(json, usage) && WithoutNan(json) is { } mended)
            TryRead(mended, usage);
    }

    private static bool TryRead(ReadOnlySpan<byte> json, GenerationUsage usage)
    {
        try
        {
            // Not final: an object that was cut gives what stands before the cut.
            var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(Options));
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                ReadRoot(ref reader, usage);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return true; // a text that is not UTF-8: the numbers before it count
        }
    }

    private static void ReadRoot(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("usage"u8))
                ReadUsage(ref reader, usage);
            else if (reader.ValueTextEquals("timings"u8))
                ReadTimings(ref reader, usage);
            else if (reader.ValueTextEquals("choices"u8))
                ReadChoices(ref reader, usage);
            else if (reader.ValueTextEquals("error"u8))
                ReadError(ref reader, usage);
            else if (reader.ValueTextEquals("response"u8) || reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("delta"u8))
                ReadInner(ref reader, usage);
            else
                ReadPlain(ref reader, usage);
            if (!reader.TrySkip())
                return;
        }
    }

    // "response" of Responses, "message" and "delta" of Messages hold what stands at the top elsewhere.
    private static void ReadInner(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            ReadRoot(ref reader, usage);
    }

    private static void ReadPlain(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (reader.ValueTextEquals("tokens_predicted"u8))
            usage.GeneratedTokens = Whole(ref reader) ?? usage.GeneratedTokens;
        else if (reader.ValueTextEquals("tokens_evaluated"u8))
            usage.PromptTokens = Whole(ref reader) ?? usage.PromptTokens;
        else if (reader.ValueTextEquals("stop_reason"u8))
            Finish(usage, Text(ref reader));
        else if (reader.ValueTextEquals("stop_type"u8))
            Finish(
                usage,
                Text(ref reader) switch
                {
                    "none" or null => null,
                    "eos" or "word" => "stop",
                    "limit" => "length",
                    var other => other,
                }
            );
        else if (reader.ValueTextEquals("type"u8))
            usage.Finished |= Text(ref reader) is "message_stop" or "response.completed" or "response.failed" or "response.incomplete";
        else if (reader.ValueTextEquals("status"u8))
            FinishByStatus(ref reader, usage);
        else
            reader.Read();
    }

    private static void FinishByStatus(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (Text(ref reader) is "completed")
            Finish(usage, usage.FinishReason ?? "stop");
    }

    private static void ReadUsage(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (!StartObject(ref reader))
            return;
        (long? prompt, long? input, long? cacheRead) = (null, null, null);
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
                prompt = Whole(ref reader);
            else if (reader.ValueTextEquals("input_tokens"u8))
                input = Whole(ref reader);
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
                usage.GeneratedTokens = Whole(ref reader) ?? usage.GeneratedTokens;
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
                cacheRead = Whole(ref reader);
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
                ReadDetails(ref reader, usage);
            else
                reader.Read();
            if (!reader.TrySkip())
                break;
        }

        // Messages leaves cached tokens out of input_tokens, the others count them in.
        usage.PromptTokens = prompt ?? (input is null ? usage.PromptTokens : input + (cacheRead ?? 0));
        usage.CachedTokens = cacheRead ?? usage.CachedTokens;
    }

    private static void ReadDetails(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (!StartObject(ref reader))
            return;
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
                usage.CachedTokens = Whole(ref reader) ?? usage.CachedTokens;
            else
                reader.Read();
            if (!reader.TrySkip())
                return;
        }
    }

    private static void ReadTimings(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (!StartObject(ref reader))
            return;
        (long? cached, long? prompt) = (null, null);
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("cache_n"u8))
                cached = Whole(ref reader);
            else if (reader.ValueTextEquals("prompt_n"u8))
                prompt = Whole(ref reader);
            else if (reader.ValueTextEquals("predicted_n"u8))
                usage.GeneratedTokens = Whole(ref reader) ?? usage.GeneratedTokens;
            else if (reader.ValueTextEquals("draft_n"u8))
                usage.DraftTokens = Whole(ref reader);
            else if (reader.ValueTextEquals("draft_n_accepted"u8))
                usage.DraftAcceptedTokens = Whole(ref reader);
            else
                ReadSpeed(ref reader, usage);
            if (!reader.TrySkip())
                break;
        }

        usage.CachedTokens = cached ?? usage.CachedTokens;
        usage.PromptTokens ??= prompt is null ? null : prompt + (cached ?? 0);
    }

    private static void ReadSpeed(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (reader.ValueTextEquals("prompt_ms"u8))
            usage.PromptMs = Real(ref reader);
        else if (reader.ValueTextEquals("predicted_ms"u8))
            usage.GenerationMs = Real(ref reader);
        else if (reader.ValueTextEquals("prompt_per_second"u8))
            usage.PromptPerSecond = Real(ref reader);
        else if (reader.ValueTextEquals("predicted_per_second"u8))
            usage.TokensPerSecond = Real(ref reader);
        else
            reader.Read();
    }

    private static void ReadChoices(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (NextField(ref reader))
            {
                if (reader.ValueTextEquals("finish_reason"u8))
                    Finish(usage, Text(ref reader));
                else
                    reader.Read();
                if (!reader.TrySkip())
                    return;
            }
        }
    }

    private static void ReadError(ref Utf8JsonReader reader, GenerationUsage usage)
    {
        if (!reader.Read())
            return;
        if (reader.TokenType == JsonTokenType.String)
            usage.Error = reader.GetString();
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        usage.Error = "error";
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("message"u8))
                usage.Error = Text(ref reader) ?? usage.Error;
            else
                reader.Read();
            if (!reader.TrySkip())
                return;
        }
    }

    private static void Finish(GenerationUsage usage, string? reason)
    {
        if (reason is null)
            return;
        usage.FinishReason = reason;
        usage.Finished = true;
    }

    private static bool NextField(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool StartObject(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    private static string? Text(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    private static long? Whole(ref Utf8JsonReader reader) => Real(ref reader) is { } value && value is >= 0 and < 1e15 ? (long)value : null;

    private static double? Real(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : null;

    // NaN and inf are not JSON, but engines have written them (LC issue class "inf in timings"). Outside of texts they become null.
    private static byte[]? WithoutNan(ReadOnlySpan<byte> json)
    {
        var mended = new List<byte>(json.Length + 16);
        var changed = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                var end = EndOfText(json, i);
                mended.AddRange(json[i..end]);
                i = end - 1;
            }
            else if (NotANumber(json[i..]) is > 0 and var length)
            {
                mended.AddRange("null"u8);
                i += length - 1;
                changed = true;
            }
            else
            {
                mended.Add(json[i]);
            }
        }

        return changed ? [.. mended] : null;
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        for (var i = start + 1; i < json.Length; i++)
        {
            if (json[i] == '\\')
                i++;
            else if (json[i] == '"')
                return i + 1;
        }

        return json.Length;
    }

    private static int NotANumber(ReadOnlySpan<byte> json)
    {
        var sign = json[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var rest = json[sign..];
        ReadOnlySpan<byte> infinity = "infinity"u8;
        if (StartsWith(rest, infinity))
            return sign + infinity.Length;
        return StartsWith(rest, "inf"u8) || StartsWith(rest, "nan"u8) ? sign + 3 : 0;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        if (text.Length < word.Length)
            return false;
        for (var i = 0; i < word.Length; i++)
        {
            if ((text[i] | 0x20) != word[i])
                return false;
        }

        return true;
    }
}
