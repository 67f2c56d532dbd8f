using System.Text.Json;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>The slots of a llama-server, from <c>GET /slots</c>.</summary>
/// <param name="Total">How many it has.</param>
/// <param name="Busy">How many are at work.</param>
/// <param name="Decoded">Tokens that requests still at work have generated so far.</param>
/// <param name="KvUsage">Percent of the slots' context in use; null while no slot has told.</param>
public sealed record EngineSlots(int Total, int Busy, long Decoded, double? KvUsage)
{
    /// <summary>Reads the answer; null when it is not an array of slots. A slot before its first task tells only its size.</summary>
    /// <param name="json">The answer of <c>/slots</c>.</param>
    public static EngineSlots? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array ? Sum(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static EngineSlots Sum(JsonElement slots)
    {
        int total = 0,
            busy = 0;
        long decoded = 0,
            used = 0,
            size = 0;
        foreach (var slot in slots.EnumerateArray().Where(slot => slot.ValueKind == JsonValueKind.Object))
        {
            total++;
            size += Number(slot, "n_ctx");
            used += Number(slot, "n_prompt_tokens"); // the engine counts generated tokens here too
            if (!slot.TryGetProperty("is_processing", out var processing) || processing.ValueKind != JsonValueKind.True)
                continue;
            busy++;
            decoded += DecodedOf(slot);
        }

        return new EngineSlots(total, busy, decoded, size > 0 ? Math.Clamp(100.0 * used / size, 0, 100) : null);
    }

    // An array of one object in fact, an object in its documentation.
    private static long DecodedOf(JsonElement slot)
    {
        if (!slot.TryGetProperty("next_token", out var next))
            return 0;
        if (next.ValueKind == JsonValueKind.Array)
            next = next.EnumerateArray().FirstOrDefault();
        return next.ValueKind == JsonValueKind.Object ? Number(next, "n_decoded") : 0;
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? Math.Max(0, number)
            : 0;
}
