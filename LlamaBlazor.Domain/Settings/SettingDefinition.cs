using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Settings;

/// <summary>What a setting is.</summary>
public enum SettingKind
{
    /// <summary>true or false.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number with decimals.</summary>
    Number,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>Several texts.</summary>
    List,
}

/// <summary>
/// One option of the dashboard: the single place that says what it is called, what it may be, and what it is when nobody sets it. The check
/// of the configuration, the list of known keys, the options classes, API, command line and page follow from it.
/// </summary>
/// <param name="Key">Its configuration key, such as <c>LlamaBlazor:Proxy:QueueSize</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Group">Heading it stands under: one of <see cref="SettingTable.Groups"/>.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Help">What it does, in a sentence.</param>
public sealed record SettingDefinition(string Key, SettingKind Kind, string Group, string Label, string Help)
{
    /// <summary>The word that stands for no value where a setting <see cref="IsOptional"/>.</summary>
    public const string NoneWord = "none";

    /// <summary>Longest text, and longest entry of a list.</summary>
    public const int TextBound = 4096;

    /// <summary>Most entries of a list.</summary>
    public const int ItemsBound = 64;

    /// <summary>Unit of a number, such as <c>seconds</c>, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>Smallest number.</summary>
    public double Min { get; init; } = double.MinValue;

    /// <summary>Largest number.</summary>
    public double Max { get; init; } = double.MaxValue;

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What holds when nobody sets it.</summary>
    public SettingValue Default { get; init; } = SettingValue.None;

    /// <summary>Whether it may have no value. A text always may.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether a change counts only after the dashboard was started again.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>
    /// Whether it can be set in the file, the environment or the command line only: it decides where the database is, or which foreign
    /// programs may be run and which folders may be read, and whoever reaches the dashboard must not widen that.
    /// </summary>
    public bool IsFixed { get; init; }

    /// <summary>Whether its value is shown to nobody and written into no audit trail.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What is wrong with a text or an entry, as the rest of "It must be …", or null; for what kind and bounds cannot
    /// say.</summary>
    public Func<string, string?>? Rule { get; init; }

    /// <summary>How one text becomes a list; at commas unless said.</summary>
    public Func<string, IReadOnlyList<string>>? Split { get; init; }

    /// <summary>The key without the section that all share.</summary>
    public string ShortKey => Key[(SettingTable.Root.Length + 1)..];

    /// <summary>The name of the environment variable that sets it.</summary>
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>What it must be, as the rest of "It must be …".</summary>
    public string Expected =>
        Kind switch
        {
            SettingKind.Switch => "true or false",
            SettingKind.Choice => string.Join(", ", Choices.SkipLast(1)) + " or " + Choices[^1],
            SettingKind.Whole => $"a whole number{Of} from {Bound(Min)} to {Bound(Max)}{OrNone}",
            SettingKind.Number => $"a number{Of} from {Bound(Min)} to {Bound(Max)}{OrNone}",
            SettingKind.Text => $"a text of at most {TextBound} characters without control characters",
            _ => $"at most {ItemsBound} texts of at most {TextBound} characters without control characters",
        };

    private string Of => Unit is null ? "" : $" of {Unit}";

    private string OrNone => IsOptional ? $", or {NoneWord}" : "";

    /// <summary>Reads one text, as a file or the environment has it. An empty one is the default.</summary>
    /// <param name="text">The text.</param>
    public Result<SettingValue> Parse(string text) =>
        string.IsNullOrWhiteSpace(text) ? Default
        : Kind == SettingKind.List ? Parse(Split?.Invoke(text) ?? text.Split(','))
        : Scalar(text.Trim());

    /// <summary>Reads the entries of a list; empty ones are left out.</summary>
    /// <param name="entries">The entries.</param>
    public Result<SettingValue> Parse(IReadOnlyList<string> entries)
    {
        IReadOnlyList<string> items = [.. entries.Select(entry => entry.Trim()).Where(entry => entry.Length > 0)];
        if (items.Count > ItemsBound || items.Any(IsUnfit))
            return Wrong(Expected);
        return items.Select(item => Rule?.Invoke(item)).FirstOrDefault(wrong => wrong is not null) is { } reason
            ? Wrong(reason)
            : new SettingValue(items);
    }

    /// <summary>Reads JSON, as the API and the database have it: null is no value.</summary>
    /// <param name="json">The value.</param>
    public Result<SettingValue> Read(JsonElement json)
    {
        switch (json.ValueKind, Kind)
        {
            case (JsonValueKind.Null, _):
                return IsOptional || Kind is SettingKind.Text or SettingKind.List ? SettingValue.None : Wrong(Expected);
            case (JsonValueKind.Array, SettingKind.List):
                return json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                    ? Parse([.. json.EnumerateArray().Select(item => item.GetString()!)])
                    : Wrong(Expected);
            case (JsonValueKind.String, SettingKind.List):
                return Parse(json.GetString()!);
            case (JsonValueKind.String, SettingKind.Text):
                return json.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? Scalar(text.Trim()) : SettingValue.None;
            case (JsonValueKind.String, _):
                return Scalar(json.GetString()!.Trim());
            case (JsonValueKind.True or JsonValueKind.False, SettingKind.Switch):
            case (JsonValueKind.Number, SettingKind.Whole or SettingKind.Number):
                return Scalar(json.GetRawText());
            default:
                return Wrong(Expected);
        }
    }

    /// <summary>The value as JSON, in its own type.</summary>
    /// <param name="value">A value of this setting.</param>
    public JsonNode? ToJson(SettingValue value) =>
        Kind == SettingKind.List ? new JsonArray([.. value.Items.Select(item => (JsonNode?)JsonValue.Create(item))])
        : value.Text is not { } text ? null
        : Kind switch
        {
            SettingKind.Switch => JsonValue.Create(text == "true"),
            SettingKind.Whole => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
            SettingKind.Number => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        };

    /// <summary>The sentence for a wrong value of a file, the environment or the database: key, value, reason.</summary>
    /// <param name="text">The value as it stands there.</param>
    /// <param name="reason">What <see cref="Parse(string)"/> says.</param>
    public string Sentence(string text, Failure reason) =>
        $"{Key} is {(IsSecret ? "set" : $"'{Shorten(text)}'")}. {reason.Errors![Key][0]}";

    private Result<SettingValue> Scalar(string text)
    {
        if (IsOptional && text.Equals(NoneWord, StringComparison.OrdinalIgnoreCase))
            return SettingValue.None;
        switch (Kind)
        {
            case SettingKind.Switch when bool.TryParse(text, out var on):
                return new SettingValue(on ? "true" : "false");
            case SettingKind.Whole
                when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    && whole >= Min
                    && whole <= Max:
                return new SettingValue(whole.ToString(CultureInfo.InvariantCulture));
            case SettingKind.Number
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && number >= Min
                    && number <= Max:
                return new SettingValue(number.ToString("R", CultureInfo.InvariantCulture));
            case SettingKind.Choice
                when Choices.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } choice:
                return new SettingValue(choice);
            case SettingKind.Text when !IsUnfit(text):
                return Rule?.Invoke(text) is { } reason ? Wrong(reason) : new SettingValue(text);
            default:
                return Wrong(Expected);
        }
    }

    private Failure Wrong(string expected) => Failure.Invalid(Key, $"It must be {expected}.");

    private static bool IsUnfit(string text) => text.Length > TextBound || text.Any(char.IsControl);

    private static string Bound(double bound) => bound.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Shorten(string text) => text.Length > 200 ? text[..200] + "…" : text;
}
