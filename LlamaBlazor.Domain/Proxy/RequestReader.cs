using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Reads <see cref="RequestMetadata"/> from a JSON body in one pass, without building a tree.</summary>
public static class RequestReader
{
    /// <summary>Characters of the prompt that are kept as its preview (acceptance S3.7).</summary>
    public const int PreviewLength = 100;

    /// <summary>Deepest nesting of a body.</summary>
    public const int MaxDepth = 512;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads the facts.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="facts">The facts; empty when it fails.</param>
    /// <param name="previewLength">Characters of the prompt that are read.</param>
    /// <param name="mayBeArray">Whether the body may be an array instead of an object.</param>
    /// <returns>What is wrong with the body, or null.</returns>
    public static string? TryRead(
        ReadOnlySpan<byte> body,
        out RequestMetadata facts,
        int previewLength = PreviewLength,
        bool mayBeArray = false
    )
    {
        facts = RequestMetadata.Empty;
        try
        {
            var reader = new Utf8JsonReader(WithoutBom(body), Options);
            reader.Read();
            var isArray = mayBeArray && reader.TokenType == JsonTokenType.StartArray;
            if (!isArray && reader.TokenType != JsonTokenType.StartObject)
                return "The body must be a JSON object.";
            var draft = new Draft(previewLength);
            if (isArray)
                reader.Skip();
            while (!isArray && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                ReadField(ref reader, draft);
            if (reader.Read())
                return "The body has something after its JSON.";
            facts = isArray ? new RequestMetadata { IsArray = true } : draft.ToFacts();
            return null;
        }
        catch (JsonException error)
        {
            return $"The body is not valid JSON: {Where(error)}";
        }
        catch (InvalidOperationException)
        {
            return "The body holds a name that is not valid UTF-8.";
        }
    }

    /// <summary>The body behind the byte order mark that some programs write.</summary>
    /// <param name="body">The whole body.</param>
    public static ReadOnlyMemory<byte> WithoutBom(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    /// <summary>The body behind the byte order mark that some programs write.</summary>
    /// <param name="body">The whole body.</param>
    public static ReadOnlySpan<byte> WithoutBom(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static string Where(JsonException error)
    {
        var words = error.Message.Split(" LineNumber:")[0];
        return error.BytePositionInLine is { } position ? $"{words} (line {error.LineNumber + 1}, byte {position + 1})" : words;
    }

    private static void ReadField(ref Utf8JsonReader reader, Draft draft)
    {
        if (reader.ValueTextEquals("model"u8))
            ReadModel(ref reader, draft);
        else if (reader.ValueTextEquals("stream"u8))
            draft.Stream = Next(ref reader) == JsonTokenType.True;
        else if (reader.ValueTextEquals("temperature"u8))
            draft.Temperature = Number(ref reader);
        else if (reader.ValueTextEquals("seed"u8))
            draft.HasSeed = Number(ref reader) is { } seed && seed != -1 && seed != uint.MaxValue;
        else if (
            reader.ValueTextEquals("max_tokens"u8)
            || reader.ValueTextEquals("max_completion_tokens"u8)
            || reader.ValueTextEquals("max_output_tokens"u8)
            || reader.ValueTextEquals("n_predict"u8)
        )
            draft.MaxTokens = Number(ref reader) is { } most && Math.Abs(most) < 1e15 ? (long)most : draft.MaxTokens;
        else if (reader.ValueTextEquals("stream_options"u8))
            draft.IncludeUsage = ReadIncludeUsage(ref reader);
        else if (reader.ValueTextEquals("messages"u8))
            ReadMessages(ref reader, draft);
        else if (
            reader.ValueTextEquals("prompt"u8)
            || reader.ValueTextEquals("input"u8)
            || reader.ValueTextEquals("content"u8)
            || reader.ValueTextEquals("query"u8)
        )
            draft.Preview =
                Next(ref reader) == JsonTokenType.String ? Preview(ref reader, draft.PreviewLength) : SkipFor(ref reader, draft.Preview);
        else
            Next(ref reader);
        reader.Skip(); // past an object or array; a plain value is past already
    }

    // Null is what clients send for a field they do not use; a number or an object names something that no model can be called.
    private static void ReadModel(ref Utf8JsonReader reader, Draft draft)
    {
        var type = Next(ref reader);
        draft.Model = type == JsonTokenType.String ? reader.GetString() : draft.Model;
        draft.IsModelNoText = type is not (JsonTokenType.String or JsonTokenType.Null);
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private static string? SkipFor(ref Utf8JsonReader reader, string? value)
    {
        reader.Skip();
        return value;
    }

    private static double? Number(ref Utf8JsonReader reader) =>
        Next(ref reader) == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    private static bool ReadIncludeUsage(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) != JsonTokenType.StartObject)
            return false;
        var include = false;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals("include_usage"u8);
            if (Next(ref reader) == JsonTokenType.True && wanted)
                include = true;
            reader.Skip();
        }

        return include;
    }

    private static void ReadMessages(ref Utf8JsonReader reader, Draft draft)
    {
        if (Next(ref reader) != JsonTokenType.StartArray)
            return;
        var depth = reader.CurrentDepth;
        while (Next(ref reader) == JsonTokenType.StartObject)
        {
            var (isUser, text) = (false, (string?)null);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("role"u8))
                    isUser = Next(ref reader) == JsonTokenType.String && reader.ValueTextEquals("user"u8);
                else if (reader.ValueTextEquals("content"u8))
                    text = ReadContent(ref reader, draft.PreviewLength);
                else
                    Next(ref reader);
                reader.Skip();
            }

            if (isUser && text is not null)
                draft.Preview = text;
        }

        // An element that is no object ends the loop early: leave the array.
        while (reader.CurrentDepth > depth && reader.Read())
        {
            // every token until the array's own end
        }
    }

    // Text, or an array of parts of which the first text counts.
    private static string? ReadContent(ref Utf8JsonReader reader, int length)
    {
        if (Next(ref reader) == JsonTokenType.String)
            return Preview(ref reader, length);
        if (reader.TokenType != JsonTokenType.StartArray)
            return SkipFor(ref reader, null);
        string? text = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (text is not null || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("text"u8))
                continue;
            if (Next(ref reader) == JsonTokenType.String)
                text = Preview(ref reader, length);
        }

        return text;
    }

    // Decodes no more of a long prompt than is shown.
    private static string Preview(ref Utf8JsonReader reader, int length)
    {
        if (!reader.ValueIsEscaped)
        {
            var span = reader.ValueSpan;
            return Cut(Encoding.UTF8.GetString(span[..Math.Min(span.Length, length * 4)]), length);
        }

        var buffer = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return Cut(new string(buffer, 0, reader.CopyString(buffer)), length);
        }
        catch (InvalidOperationException)
        {
            return ""; // not UTF-8: the engine will say so, the preview need not
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private sealed class Draft(int previewLength)
    {
        public int PreviewLength => previewLength;

        public string? Model { get; set; }

        public bool IsModelNoText { get; set; }

        public bool Stream { get; set; }

        public double? Temperature { get; set; }

        public long? MaxTokens { get; set; }

        public bool HasSeed { get; set; }

        public bool IncludeUsage { get; set; }

        public string? Preview { get; set; }

        public RequestMetadata ToFacts() =>
            new()
            {
                Model = Model,
                IsModelNoText = IsModelNoText,
                Stream = Stream,
                Temperature = Temperature,
                MaxTokens = MaxTokens,
                HasSeed = HasSeed,
                IncludeUsage = IncludeUsage,
                Preview = Preview,
            };
    }
}
