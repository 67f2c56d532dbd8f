namespace LlamaBlazor.Domain.Parameters;

/// <summary>A set of values to apply to models. Columns it does not name stay as they are; a null value clears.</summary>
/// <param name="Id">Row of <c>parameter_templates</c>, or null for those built in.</param>
/// <param name="Name">Unique.</param>
/// <param name="Description">For people.</param>
/// <param name="Values">Values by section and column, in the column's type.</param>
public sealed record ParameterTemplate(
    long? Id,
    string Name,
    string? Description,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Values
)
{
    /// <summary>Columns of it that are passed on even where they equal the engine's default.</summary>
    public IReadOnlyList<string> Forced { get; init; } = [];

    /// <summary>True for those that come with the dashboard, which cannot be changed.</summary>
    public bool BuiltIn => Id is null;

    /// <summary>The four that come with the dashboard.</summary>
    public static IReadOnlyList<ParameterTemplate> Standard { get; } =
    [
        Make(
            "Fast chat",
            "Short answers at once: two slots, a context of 8,192 tokens, flash attention, steady sampling.",
            ("ctx_size", 8192L),
            ("n_parallel", 2L),
            ("flash_attn", "on"),
            ("temperature", 0.7),
            ("top_p", 0.9)
        ),
        Make(
            "Creative",
            "Stories and ideas: more randomness, unlikely words allowed, repetition of phrases discouraged.",
            ("temperature", 1.1),
            ("top_p", 1.0),
            ("min_p", 0.03),
            ("xtc_probability", 0.3),
            ("dry_multiplier", 0.8)
        ),
        Make(
            "Code",
            "Programs and facts: little randomness, a long context, no penalty for repeating names.",
            ("ctx_size", 16384L),
            ("temperature", 0.2),
            ("top_p", 0.9),
            ("top_k", 20L),
            ("repeat_penalty", 1.0),
            ("dry_multiplier", 0.0)
        ) with
        {
            Forced = ["repeat_penalty"],
        }, // else a model file that advises a penalty would win
        Make(
            "Low memory",
            "Runs in as little memory as possible: one slot, a short context, small batches, a quantised cache.",
            ("ctx_size", 4096L),
            ("n_parallel", 1L),
            ("batch_size", 512L),
            ("ubatch_size", 256L),
            ("cache_type_k", "q8_0"),
            ("cache_type_v", "q8_0"),
            ("flash_attn", "on"),
            ("cache_ram", 0L)
        ),
    ];

    /// <summary>What it sets; columns that the catalogue no longer knows are left out.</summary>
    /// <param name="catalogue">The catalogue.</param>
    public IEnumerable<(ParameterDefinition Definition, object? Value)> Settings(ParameterCatalogue catalogue) =>
        from section in Values
        from pair in section.Value
        let definition = catalogue.FindColumn(pair.Key)
        where definition is not null
        select (definition, pair.Value);

    /// <summary>What applying it would change: column, value before and after.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="own">What the model sets now.</param>
    public IReadOnlyList<(ParameterDefinition Definition, object? Before, object? After)> Preview(
        ParameterCatalogue catalogue,
        ParameterSet own
    ) =>
        [
            .. from section in Values
            from pair in section.Value
            let definition = catalogue.FindColumn(pair.Key)
            where
                definition is not null
                && (
                    !ParameterValue.AreEqual(definition, own.Get(pair.Key), pair.Value)
                    || own.Forced.Contains(pair.Key) != Forced.Contains(pair.Key)
                )
            select (definition, own.Get(pair.Key), pair.Value),
        ];

    /// <summary>A template of everything a model sets, without its source, its names and secrets.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="own">What the model sets.</param>
    /// <param name="name">Name of the template.</param>
    /// <param name="description">For people.</param>
    public static ParameterTemplate Capture(ParameterCatalogue catalogue, ParameterSet own, string name, string? description) =>
        new(0, name, description, Group(catalogue, own.Values.Where(pair => IsCaptured(catalogue, pair.Key))))
        {
            Forced =
            [
                .. own.Forced.Where(column => own.Get(column) is not null && IsCaptured(catalogue, column)).Order(StringComparer.Ordinal),
            ],
        };

    private static bool IsCaptured(ParameterCatalogue catalogue, string column) =>
        catalogue.FindColumn(column) is { Secret: false, Group: not ("Source" or "Identity") } definition
        && definition.Section != ConfigSection.Runtime;

    private static ParameterTemplate Make(string name, string description, params (string Column, object Value)[] values) =>
        new(
            null,
            name,
            description,
            Group(ParameterCatalogue.Current, values.Select(pair => KeyValuePair.Create(pair.Column, pair.Value)))
        );

    private static Dictionary<string, IReadOnlyDictionary<string, object?>> Group(
        ParameterCatalogue catalogue,
        IEnumerable<KeyValuePair<string, object>> values
    ) =>
        values
            .GroupBy(pair => catalogue.FindColumn(pair.Key)!.Section!)
            .ToDictionary(
                group => group.Key,
                IReadOnlyDictionary<string, object?> (group) =>
                    group.ToDictionary(
                        pair => pair.Key,
                        pair =>
                            pair.Value is string json && SecretEntries.AreIn(catalogue.FindColumn(pair.Key)!)
                                ? SecretEntries.Remove(json)
                                : (object?)pair.Value
                    )
            );
}
