using System.Globalization;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>Writes JSON that a schema accepts: the smallest numbers, the first of several choices, every property.</summary>
internal sealed class SimulatedSchema
{
    private const int MaxDepth = 24; // schemas may refer to themselves
    private const int MaxValues = 5_000; // and more than once, which multiplies

    private static readonly Dictionary<string, string> Formats = new()
    {
        ["date"] = "2026-01-31",
        ["time"] = "12:30:00Z",
        ["date-time"] = "2026-01-31T12:30:00Z",
        ["uuid"] = "00000000-0000-4000-8000-000000000000",
        ["email"] = "somebody@example.org",
        ["uri"] = "https://example.org/",
        ["ipv4"] = "192.0.2.1",
        ["ipv6"] = "2001:db8::1",
    };

    private readonly JsonNode? _root;
    private int _values;

    private SimulatedSchema(JsonNode? root) => _root = root;

    /// <summary>The JSON, as text.</summary>
    /// <param name="schema">The schema; anything else stands for "anything", which is an empty object.</param>
    public static string Write(JsonNode? schema)
    {
        var value = new SimulatedSchema(schema).Value(schema, 0);
        return value is null
            ? schema is JsonObject
                ? "null"
                : "{}"
            : SimulatedWire.Text(value);
    }

    private JsonNode? Value(JsonNode? node, int depth)
    {
        if (node is not JsonObject schema || depth > MaxDepth || ++_values > MaxValues)
            return null;
        if (SimulatedBody.Text(schema["$ref"]) is { } reference)
            return Value(Resolve(reference), depth + 1);
        if (schema.ContainsKey("const"))
            return schema["const"]?.DeepClone();
        if (schema["enum"] is JsonArray { Count: > 0 } values)
            return values[0]?.DeepClone();
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray { Count: > 0 } choices)
            return Value(choices.FirstOrDefault(choice => TypeOf(choice) != "null") ?? choices[0], depth + 1);
        if (schema["allOf"] is JsonArray parts)
            return Value(Merge(schema, parts), depth + 1);
        return TypeOf(schema) switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, depth),
            "string" => String(schema),
            "integer" => JsonValue.Create((long)Number(schema, isWhole: true)),
            "number" => JsonValue.Create(Number(schema, isWhole: false)),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => new JsonObject(),
        };
    }

    private static string? TypeOf(JsonNode? node) =>
        node is not JsonObject schema ? null
        : schema["type"] is JsonArray several ? several.Select(SimulatedBody.Text).FirstOrDefault(type => type != "null") ?? "null"
        : SimulatedBody.Text(schema["type"])
            ?? (
                schema.ContainsKey("properties") ? "object"
                : schema.ContainsKey("items") || schema.ContainsKey("prefixItems") ? "array"
                : null
            );

    private JsonNode? Resolve(string reference) =>
        reference
            .TrimStart('#')
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(Uri.UnescapeDataString)
            .Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
            .Aggregate(_root, (at, name) => (at as JsonObject)?[name]);

    private JsonObject Merge(JsonObject schema, JsonArray parts)
    {
        var merged = new JsonObject();
        var properties = new JsonObject();
        foreach (var given in parts.Append(schema).OfType<JsonObject>())
        {
            var part = SimulatedBody.Text(given["$ref"]) is { } reference ? Resolve(reference) as JsonObject ?? [] : given;
            foreach (var (key, value) in part.Where(pair => pair.Key is not ("allOf" or "$ref")))
                merged[key] = value?.DeepClone();
            foreach (var (key, value) in part["properties"] as JsonObject ?? [])
                properties[key] = value?.DeepClone();
        }

        if (properties.Count > 0)
            merged["properties"] = properties;
        return merged;
    }

    // At the bound only what must be there: what refers to itself ends.
    private JsonObject Object(JsonObject schema, int depth)
    {
        var required = (schema["required"] as JsonArray ?? []).Select(SimulatedBody.Text).ToHashSet();
        var result = new JsonObject();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (depth < MaxDepth / 2 || required.Contains(name))
                result[name] = Value(property, depth + 1);
        }

        return result;
    }

    private JsonArray Array(JsonObject schema, int depth)
    {
        var most = SimulatedBody.Whole(schema["maxItems"], int.MaxValue);
        var least = Math.Min(SimulatedBody.Whole(schema["minItems"], depth < MaxDepth / 2 ? 1 : 0), 1000);
        var fixedItems = schema["prefixItems"] as JsonArray ?? [];
        var count = Math.Clamp(Math.Max(least, fixedItems.Count), 0, Math.Max(0, most));
        return [.. Enumerable.Range(0, count).Select(i => Value(i < fixedItems.Count ? fixedItems[i] : schema["items"], depth + 1))];
    }

    private static JsonValue String(JsonObject schema)
    {
        if (SimulatedBody.Text(schema["pattern"]) is { } pattern && SimulatedGrammar.WritePattern(pattern) is { } matching)
            return JsonValue.Create(matching);
        var text = SimulatedBody.Text(schema["format"]) is { } format && Formats.TryGetValue(format, out var sample) ? sample : "simulated";
        var least = Math.Min(SimulatedBody.Whole(schema["minLength"], 0), 10_000);
        var most = SimulatedBody.Whole(schema["maxLength"], int.MaxValue);
        text = text.PadRight(least, '.');
        return JsonValue.Create(text.Length > most ? text[..Math.Max(0, most)] : text);
    }

    private static double Number(JsonObject schema, bool isWhole)
    {
        var step = Math.Max(SimulatedBody.Number(schema["multipleOf"], 0), 0);
        var unit =
            step > 0 ? step
            : isWhole ? 1
            : 0.5;
        var least = schema["exclusiveMinimum"] is { } above
            ? SimulatedBody.Number(above, 0) + unit
            : SimulatedBody.Number(schema["minimum"], double.NegativeInfinity);
        var most = schema["exclusiveMaximum"] is { } below
            ? SimulatedBody.Number(below, 0) - unit
            : SimulatedBody.Number(schema["maximum"], double.PositiveInfinity);
        var value =
            double.IsFinite(least) ? least
            : double.IsFinite(most) && most < 0 ? most
            : 0;
        value =
            step > 0 ? Math.Ceiling(value / step) * step
            : isWhole ? Math.Ceiling(value)
            : value;
        return double.Parse(value.ToString("G15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture); // 3 × 0.1 is 0.3 here
    }
}
