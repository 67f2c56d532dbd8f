namespace LlamaBlazor.Domain.Parameters;

/// <summary>What the form and the reference say about a parameter.</summary>
public static class ParameterText
{
    /// <summary>What holds where a field is empty.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="inherited">The server's value, or null.</param>
    public static string Placeholder(ParameterDefinition definition, object? inherited)
    {
        if (definition.Secret)
            return inherited is null ? "not set" : "set for all models";
        if ((inherited ?? definition.Default) is not { } value)
            return Unknown(definition);
        var text = Brief(definition, value);
        return inherited is null && definition.MasksModelMetadata ? $"{text} or the model's advice" : text;
    }

    /// <summary>A value in a few words.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="value">A value of its column's type.</param>
    public static string Brief(ParameterDefinition definition, object value) =>
        value switch
        {
            bool on => on ? "on" : "off",
            string json when SecretEntries.AreIn(definition) => SecretEntries.Mask(json),
            string text when definition.Kind == ParameterKind.Items => string.Join(
                "  ",
                ItemList.Read(text).Select(item => item.Replace("\n", "\\n"))
            ),
            _ => ParameterValue.Format(value),
        };

    /// <summary>The engine's default in words.</summary>
    /// <param name="definition">The parameter.</param>
    public static string Default(ParameterDefinition definition) =>
        definition.Default is { } known ? Brief(definition, known) : Unknown(definition);

    private static string Unknown(ParameterDefinition definition) =>
        definition.Unset
        ?? definition.Kind switch
        {
            _ when definition.KeptOnly => "not set",
            ParameterKind.Switch or ParameterKind.Choice or ParameterKind.WholeNumber or ParameterKind.Number => "chosen by the engine",
            _ => "not set",
        };
}
