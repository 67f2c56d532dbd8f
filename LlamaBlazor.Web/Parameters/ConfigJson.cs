using System.Text.Json;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Settings as the API writes and reads them: switches 0 or 1, repeated flags as arrays, secrets masked.</summary>
internal static class ConfigJson
{
    /// <summary>A value as JSON.</summary>
    public static object? Write(ParameterDefinition definition, object? value) =>
        (value, definition) switch
        {
            (null, _) => null,
            (_, { Secret: true }) => ShellText.Mask,
            (bool on, _) => on ? 1 : 0,
            (string text, { Kind: ParameterKind.Items }) => ItemList.Read(text),
            (string text, _) when SecretEntries.AreIn(definition) => TryParse(SecretEntries.Mask(text)) is { } json ? json : text,
            _ => value,
        };

    /// <summary>The state of a section.</summary>
    /// <param name="definitions">Its parameters.</param>
    /// <param name="own">Value that this section sets, or null.</param>
    /// <param name="effective">Value in force.</param>
    /// <param name="row">Its row, or null.</param>
    /// <param name="devices">GPUs that the engine sees, or null where that is not known.</param>
    public static SectionAnswer Write(
        IReadOnlyList<ParameterDefinition> definitions,
        Func<string, object?> own,
        EffectiveParameters effective,
        IConfigRecord? row,
        int? devices
    ) =>
        new(
            definitions.ToDictionary(definition => definition.Column, definition => Write(definition, own(definition.Column))),
            definitions.ToDictionary(definition => definition.Column, definition => Write(definition, effective.Get(definition).Value)),
            definitions.ToDictionary(
                definition => definition.Column,
                definition => effective.Get(definition).Source.ToString().ToLowerInvariant()
            ),
            row?.ForcedColumns is { } forced ? ItemList.Read(forced) : [],
            [.. Warnings(definitions, effective, devices)],
            row?.Revision ?? 0
        );

    /// <summary>Reads the body of a PATCH. A secret sent back masked stays as it is.</summary>
    /// <param name="section">Name of the section.</param>
    /// <param name="definitions">Its parameters.</param>
    /// <param name="body">A JSON object of flat columns, with <c>forced</c> and <c>revision</c> where wanted.</param>
    /// <param name="errors">Errors by field; empty when everything was read.</param>
    public static SectionChange Read(
        string section,
        IReadOnlyList<ParameterDefinition> definitions,
        JsonElement body,
        out Dictionary<string, string[]> errors
    )
    {
        errors = [];
        var known = definitions.ToDictionary(definition => definition.Column);
        var values = new Dictionary<string, object?>();
        var change = new SectionChange(section, values);
        foreach (var property in body.EnumerateObject())
        {
            if (property.NameEquals("forced"))
                change = change with { Forced = ReadForced(property.Value, errors) };
            else if (property.NameEquals("revision"))
                change = change with
                {
                    Revision =
                        property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt64(out var revision) ? revision : null,
                };
            else if (!known.TryGetValue(property.Name, out var definition))
                errors[property.Name] = [$"The section {section} has no such setting."];
            else if (definition.Secret && property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() == ShellText.Mask)
                continue;
            else if (ParameterInput.FromJson(definition, property.Value) is { Error: { } error })
                errors[property.Name] = [error];
            else
                values[property.Name] = ParameterInput.FromJson(definition, property.Value).Value;
        }

        return change;
    }

    private static IEnumerable<FieldWarning> Warnings(
        IReadOnlyList<ParameterDefinition> definitions,
        EffectiveParameters effective,
        int? devices
    )
    {
        var catalogue = ParameterCatalogue.Current;
        var columns = definitions.Select(definition => definition.Column).ToHashSet();
        var single = definitions.Select(definition => ParameterValidator.Check(catalogue, definition, effective.Find(definition)));
        var between = CrossFieldRules.Check(
            column => effective.Find(catalogue.FindColumn(column)!),
            column => catalogue.FindColumn(column)!.Label,
            devices
        );
        var unused = definitions
            .Where(definition => definition.IsUnused && effective.Find(definition) is not null)
            .Select(definition => new ParameterIssue(definition.Column, $"It is kept, but never used. {definition.Note}".TrimEnd(), false));
        return single
            .OfType<ParameterIssue>()
            .Concat(between)
            .Concat(unused)
            .Where(issue => columns.Contains(issue.Column))
            .Select(issue => new FieldWarning(issue.Column, issue.Message));
    }

    private static string[] ReadForced(JsonElement json, Dictionary<string, string[]> errors)
    {
        if (json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return [.. json.EnumerateArray().Select(item => item.GetString()!)];
        errors["forced"] = ["A list of column names is needed."];
        return [];
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The state of one section.</summary>
/// <param name="Values">What is set, by column; null where nothing is.</param>
/// <param name="Effective">What is in force, by column; null where the engine decides by machine or model.</param>
/// <param name="Sources">Who set what is in force: engine, server or model.</param>
/// <param name="Forced">Columns emitted even where they equal the engine's default.</param>
/// <param name="Warnings">What is accepted but will not do what it seems to.</param>
/// <param name="Revision">Counts saves; send it back with a PATCH to be told when somebody else saved meanwhile.</param>
internal sealed record SectionAnswer(
    IReadOnlyDictionary<string, object?> Values,
    IReadOnlyDictionary<string, object?> Effective,
    IReadOnlyDictionary<string, string> Sources,
    IReadOnlyList<string> Forced,
    IReadOnlyList<FieldWarning> Warnings,
    long Revision
);

/// <summary>A warning about one column.</summary>
internal sealed record FieldWarning(string Field, string Message);
