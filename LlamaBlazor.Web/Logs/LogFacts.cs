using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Logs;

/// <summary>What a line of the program says besides its text: the values of its template, of which some have columns of their
/// own.</summary>
/// <param name="ContextJson">The logger and the values, as a JSON object.</param>
/// <param name="ModelId">The value <c>ModelId</c>.</param>
/// <param name="ModelPath">The value <c>ModelPath</c>.</param>
/// <param name="PromptPreview">The value <c>PromptPreview</c>, of what privacy allows.</param>
internal sealed record LogFacts(string ContextJson, long? ModelId, string? ModelPath, string? PromptPreview)
{
    /// <summary>Name of the logger in the object.</summary>
    public const string Logger = "logger";

    /// <summary>Name of an engine's model in the object.</summary>
    public const string Model = "model";

    private const int ValuesBound = 20;
    private const int TextBound = 500;
    private const string Template = "{OriginalFormat}";

    /// <summary>Reads the values that came with a line.</summary>
    /// <param name="logger">Name of the logger.</param>
    /// <param name="state">What the logger was given.</param>
    public static LogFacts Read(string logger, object? state)
    {
        var values =
            (state as IEnumerable<KeyValuePair<string, object?>>)?.Take(ValuesBound).Where(pair => pair.Key != Template).ToList() ?? [];
        var context = new Dictionary<string, string?> { [Logger] = logger };
        foreach (var (name, value) in values.Where(pair => pair.Key is not (nameof(ModelId) or nameof(ModelPath) or nameof(PromptPreview))))
            context[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)] = Text(name, value);
        return new LogFacts(
            JsonSerializer.Serialize(context, ApiJson.Options),
            Find<object>(values, nameof(ModelId)) as long?,
            Find<string>(values, nameof(ModelPath)),
            Find<string>(values, nameof(PromptPreview))
        );
    }

    /// <summary>The object of an engine's line.</summary>
    public static string OfEngine(string model) =>
        JsonSerializer.Serialize(new Dictionary<string, string> { [Model] = model }, ApiJson.Options);

    /// <summary>Who says a stored line, by its object; null where that says nothing.</summary>
    public static string? OriginIn(string? contextJson)
    {
        try
        {
            if (
                contextJson is null
                || JsonSerializer.Deserialize<JsonElement>(contextJson) is not { ValueKind: JsonValueKind.Object } context
            )
                return null;
            return context.TryGetProperty(Logger, out var logger) || context.TryGetProperty(Model, out logger) ? logger.ToString() : null;
        }
        catch (JsonException)
        {
            return null; // of an earlier dashboard
        }
    }

    private static T? Find<T>(List<KeyValuePair<string, object?>> values, string name) =>
        values.Find(pair => pair.Key == name).Value is T value ? value : default;

    private static string? Text(string name, object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture);
        return SecretWords.Replace(name, text is { Length: > TextBound } ? text[..TextBound] : text, _ => "***") as string;
    }
}
