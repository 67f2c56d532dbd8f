using System.Text.Json;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// A stream that an engine keeps for a client that comes back: one entry of llama-server's answer to <c>/v1/streams/lookup</c>
/// (tools/server, since 2026). Streams are kept where a request had the header <c>X-Conversation-Id</c>.
/// </summary>
/// <param name="ConversationId">The header's value; clients may add <c>::</c> and a model.</param>
/// <param name="IsDone">Whether it has ended.</param>
/// <param name="StartedAt">When it began, Unix seconds.</param>
/// <param name="Entry">The entry as the engine wrote it.</param>
public sealed record StreamSession(string ConversationId, bool IsDone, long StartedAt, JsonElement Entry)
{
    /// <summary>Most conversations that one request may ask for.</summary>
    public const int MaxIds = 1000;

    /// <summary>Reads an engine's answer; entries of another form are left out.</summary>
    /// <param name="answer">The answer. The entries stay valid when its document is disposed.</param>
    public static IReadOnlyList<StreamSession> Read(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray().Select(ReadOne).OfType<StreamSession>()] : [];

    /// <summary>The conversations that a request asks for, or null where it has more than <see cref="MaxIds"/>. What is no text is left
    /// out,
    /// as llama-server does.</summary>
    /// <param name="body">The body.</param>
    public static IReadOnlyList<string>? IdsOf(JsonElement body)
    {
        if (
            body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("conversation_ids", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            return [];
        return list.GetArrayLength() > MaxIds
            ? null
            : [.. list.EnumerateArray().Select(TextOf).OfType<string>().Where(id => id.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Of streams of one conversation the one that is meant: the newest, and of those of one second the one that goes
    /// on.</summary>
    /// <param name="other">The other one.</param>
    public bool IsNewerThan(StreamSession other) => StartedAt != other.StartedAt ? StartedAt > other.StartedAt : !IsDone && other.IsDone;

    private static StreamSession? ReadOne(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("conversation_id", out var id)
        && TextOf(id) is { } conversation
        && entry.TryGetProperty("is_done", out var done)
        && entry.TryGetProperty("started_at", out var started)
        && started.ValueKind == JsonValueKind.Number
        && started.TryGetInt64(out var at)
            ? new(conversation, done.ValueKind == JsonValueKind.True, at, entry.Clone())
            : null;

    // Text that is no valid UTF-16 cannot be had.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
