using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Another name for a model, with request fields of its own.</summary>
/// <param name="Name">The name.</param>
/// <param name="Parameters">A JSON object, or null for a plain alias.</param>
internal sealed record AliasVariant(string Name, string? Parameters);

/// <summary>What a command line would set for a model.</summary>
/// <param name="Name">Name that the line gives the model, or null.</param>
/// <param name="Changes">Values by section; none that the rules refuse.</param>
/// <param name="NotUnderstood">Words that became no setting, those whose value was refused with their field.</param>
/// <param name="Ignored">Flags left out on purpose.</param>
internal sealed record ImportPlan(
    string? Name,
    IReadOnlyList<SectionChange> Changes,
    IReadOnlyList<NotUnderstood> NotUnderstood,
    IReadOnlyList<IgnoredFlag> Ignored
)
{
    /// <summary>Columns that say where a model comes from, the one that counts first.</summary>
    public static readonly IReadOnlyList<string> Sources = ["model_path", "hf_repo", "model_url", "docker_repo"];

    /// <summary>Path of the model file the line names, or null.</summary>
    public string? ModelPath => Find("model_path") as string;

    /// <summary>Whether it names where the model comes from.</summary>
    public bool HasSource => Sources.Any(column => Find(column) is not null);

    /// <summary>Names with request fields of their own.</summary>
    public IReadOnlyList<AliasVariant> Variants { get; init; } = [];

    /// <summary>The program the line starts, or null.</summary>
    public string? Program { get; init; }

    /// <summary>The image of a container, where the line ran one.</summary>
    public string? Image { get; init; }

    /// <summary>The folder that relative paths are meant from, or null.</summary>
    public string? Folder { get; init; }

    /// <summary>The words that set a column, for reports.</summary>
    public IReadOnlyDictionary<string, string> Said { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it can become no model that starts, or null.</summary>
    public Failure? Refused { get; init; }

    /// <summary>Errors by field: the values that were refused, while all others stay.</summary>
    public IReadOnlyDictionary<string, string[]> Errors =>
        NotUnderstood
            .Where(word => word.Field is not null)
            .GroupBy(word => word.Field!)
            .ToDictionary(group => group.Key, group => group.Select(word => word.Reason).ToArray());

    /// <summary>Value of a column, or null.</summary>
    public object? Find(string column) =>
        Changes.Select(change => change.Values.GetValueOrDefault(column)).FirstOrDefault(value => value is not null);

    /// <summary>The same, with a value changed, or taken away where it is null.</summary>
    public ImportPlan With(string section, string column, object? value)
    {
        var changes = Changes
            .Select(change =>
                change.Section != section
                    ? change
                    : change with
                    {
                        Values = change
                            .Values.Where(pair => pair.Key != column)
                            .Concat(value is null ? [] : [new(column, value)])
                            .ToDictionary(),
                        Forced = value is null ? change.Forced?.Where(forced => forced != column).ToArray() : change.Forced,
                    }
            )
            .ToList();
        if (value is not null && !changes.Exists(change => change.Section == section))
            changes.Add(
                new SectionChange(section, new Dictionary<string, object?> { [column] = value }) { Forced = [], MergeForced = true }
            );
        return this with { Changes = [.. changes.Where(change => change.Values.Count > 0)] };
    }

    /// <summary>The same without a value that was refused.</summary>
    public ImportPlan Without(string section, string column, string reason) =>
        With(section, column, null) with
        {
            NotUnderstood = [.. NotUnderstood, new NotUnderstood(Said.GetValueOrDefault(column, column), reason, column)],
        };

    /// <summary>The same, with everything the line does not mention cleared; the model's source and names stay.</summary>
    public ImportPlan Replacing(ParameterCatalogue catalogue)
    {
        var all = ConfigSection
            .OfModel.Where(section => section != ConfigSection.Runtime)
            .Select(section =>
            {
                var given = Changes.FirstOrDefault(change => change.Section == section);
                var cleared = catalogue
                    .SectionOfModel(section)
                    .Where(definition => definition.Group is not ("Source" or "Identity"))
                    .ToDictionary(definition => definition.Column, definition => given?.Values.GetValueOrDefault(definition.Column));
                foreach (var (column, value) in given?.Values ?? new Dictionary<string, object?>())
                    cleared[column] = value;
                return new SectionChange(section, cleared) { Forced = given?.Forced ?? [] };
            });
        return this with { Changes = [.. all] };
    }
}
