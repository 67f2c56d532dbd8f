namespace LlamaBlazor.Domain.Parameters;

/// <summary>The values in force for one model: the engine's default, under the server settings, under the model's own.</summary>
/// <param name="server">The server settings.</param>
/// <param name="model">Values of the model, its overrides of server settings among them.</param>
public sealed class EffectiveParameters(ParameterSet server, ParameterSet model)
{
    /// <summary>Value of a parameter: what somebody set, or null when the engine decides.</summary>
    /// <param name="definition">A parameter with a column.</param>
    public object? Find(ParameterDefinition definition) => Get(definition) is (var value, not ParameterSource.Engine) ? value : null;

    /// <summary>Value of a parameter and who set it; the engine's default, which may be null, where nobody did.</summary>
    /// <param name="definition">A parameter with a column.</param>
    public (object? Value, ParameterSource Source) Get(ParameterDefinition definition)
    {
        if (model.Get(definition.Column) is { } own)
            return (definition.Column == EngineVariables.Column ? Merge(server.Get(definition.Column), own) : own, ParameterSource.Model);
        return server.Get(definition.Column) is { } shared && !IsReplaced(definition.Column)
            ? (shared, ParameterSource.Server)
            : (definition.Default, ParameterSource.Engine);
    }

    /// <summary>Whether a value is emitted even where it equals the engine's default.</summary>
    /// <param name="definition">A parameter with a column.</param>
    public bool IsForced(ParameterDefinition definition) => definition.CanForce && model.Forced.Contains(definition.Column);

    // Variables are set one by one; a model's own do not hide those of the server settings.
    private static string Merge(object? shared, object own)
    {
        var merged = EngineVariables.Merge(shared as string, own as string);
        return EngineVariables.Write(merged.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))) ?? "{}";
    }

    // A model that sets a template file means it instead of the server's template text, not beside it.
    private bool IsReplaced(string column) =>
        CrossFieldRules.Exclusive.FirstOrDefault(group => group.Contains(column)) is { } group
        && group.Any(other => model.Get(other) is not null);
}
