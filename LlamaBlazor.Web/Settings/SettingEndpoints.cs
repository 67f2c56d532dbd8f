using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary><c>/api/settings</c>: every option of the dashboard.</summary>
internal static class SettingEndpoints
{
    /// <summary>Maps <c>/api/settings</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/settings").WithTags("Settings");
        group
            .MapGet("", (SettingStore store) => new ListPage<SettingAnswer>([.. store.List().Select(SettingAnswer.Of)], null))
            .Produces<ListPage<SettingAnswer>>();
        group.MapPut("", PutAsync).Produces<ListPage<SettingAnswer>>();
        group
            .MapGet(
                "/{key}",
                (string key, SettingStore store) => Find(key).ToApi(definition => Results.Ok(SettingAnswer.Of(store.Describe(definition))))
            )
            .Produces<SettingAnswer>();
        group.MapDelete("/{key}", ResetAsync).Produces<SettingAnswer>();
    }

    // The whole key, or what of it comes after the section that all share.
    private static Result<SettingDefinition> Find(string key) =>
        (SettingTable.Find(key) ?? SettingTable.Find($"{SettingTable.Root}:{key}")) is { } definition
            ? definition
            : Failure.NotFound(Unknown(key));

    private static string Unknown(string key) =>
        $"There is no setting '{key}'."
        + (ConfigurationKeys.Closest($"{SettingTable.Root}:{key}") is { } closest ? $" Did you mean {closest}?" : "");

    private static async Task<IResult> PutAsync(JsonElement body, SettingStore store, CancellationToken cancellation)
    {
        if (body.ValueKind is not JsonValueKind.Object)
            return ApiResults.Invalid("body", "An object with keys of settings and their values.");
        var (edits, errors) = (new SettingEdits(), new Dictionary<string, string[]>());
        foreach (var property in body.EnumerateObject())
        {
            var found = Find(property.Name);
            if (!found.IsSuccess)
                errors[property.Name] = [found.Failure!.Message];
            else if (found.Value.Read(property.Value) is { IsSuccess: true } read)
                edits[found.Value.Key] = read.Value;
            else
                errors[property.Name] = found.Value.Read(property.Value).Failure!.Errors![found.Value.Key];
        }

        foreach (var (key, words) in store.Check(edits)?.Errors ?? new Dictionary<string, string[]>())
            errors.TryAdd(key, words);
        if (errors.Count > 0)
            return ApiResults.Problem(Failure.Invalid(errors));
        var saved = await store.SaveAsync(edits, cancellation);
        return saved.ToApi(_ =>
            Results.Ok(
                new ListPage<SettingAnswer>([.. edits.Keys.Select(key => SettingAnswer.Of(store.Describe(SettingTable.Get(key))))], null)
            )
        );
    }

    private static async Task<IResult> ResetAsync(string key, SettingStore store, CancellationToken cancellation)
    {
        var found = Find(key);
        if (!found.IsSuccess)
            return ApiResults.Problem(found.Failure!);
        var saved = await store.SaveAsync(new SettingEdits { [found.Value.Key] = null }, cancellation);
        return saved.ToApi(_ => Results.Ok(SettingAnswer.Of(store.Describe(found.Value))));
    }
}

/// <summary>A setting, for answers.</summary>
internal sealed record SettingAnswer
{
    private static readonly string[] Sources = ["default", "file", "saved", "environment", "command_line"];

    /// <summary>Its configuration key.</summary>
    public required string Key { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Label { get; init; }

    /// <summary>What it does.</summary>
    public required string Help { get; init; }

    /// <summary>Heading it stands under.</summary>
    public required string Group { get; init; }

    /// <summary>switch, whole, number, choice, text or list.</summary>
    public required string Type { get; init; }

    /// <summary>Unit of a number, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>Smallest number, or null.</summary>
    public double? Min { get; init; }

    /// <summary>Largest number, or null.</summary>
    public double? Max { get; init; }

    /// <summary>Words of a choice; else empty.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>Whether it may have no value (null).</summary>
    public bool Optional { get; init; }

    /// <summary>What is set; null for no value, and for a secret.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>What the running program goes by: another value only while <see cref="PendingRestart"/>.</summary>
    public JsonNode? ValueInForce { get; init; }

    /// <summary>What holds when nobody sets it.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>default, file, saved, environment or command_line.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it cannot be changed in the dashboard.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether it can be set in the file, the environment and the command line only.</summary>
    public bool Fixed { get; init; }

    /// <summary>Whether a change counts only after a restart of the dashboard.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>Whether a change waits for that.</summary>
    public bool PendingRestart { get; init; }

    /// <summary>Why what is saved does not count, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Of a state.</summary>
    /// <param name="state">The state.</param>
    public static SettingAnswer Of(SettingState state)
    {
        var definition = state.Definition;
        var isNumber = definition.Kind is SettingKind.Whole or SettingKind.Number;
        return new SettingAnswer
        {
            Key = definition.Key,
            Label = definition.Label,
            Help = definition.Help,
            Group = definition.Group,
            Type = definition.Kind.ToString().ToLowerInvariant(),
            Unit = definition.Unit,
            Min = isNumber ? definition.Min : null,
            Max = isNumber ? definition.Max : null,
            Choices = definition.Choices,
            Optional = definition.IsOptional,
            Value = Show(definition, state.Value),
            ValueInForce = Show(definition, state.Pending ?? state.Value),
            Default = definition.ToJson(definition.Default),
            Source = Sources[(int)state.Source],
            Locked = state.IsLocked,
            Fixed = definition.IsFixed,
            NeedsRestart = definition.NeedsRestart,
            PendingRestart = state.Pending is not null,
            Problem = state.Problem,
        };
    }

    private static JsonNode? Show(SettingDefinition definition, SettingValue value) =>
        definition.IsSecret ? null : definition.ToJson(value);
}
