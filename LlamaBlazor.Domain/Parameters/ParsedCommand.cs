namespace LlamaBlazor.Domain.Parameters;

/// <summary>A word of a command line that became no setting.</summary>
/// <param name="Token">The word.</param>
/// <param name="Reason">Why.</param>
/// <param name="Field">The column whose value was refused, or null where it belongs to none.</param>
public sealed record NotUnderstood(string Token, string Reason, string? Field = null);

/// <summary>A flag that was understood and left out on purpose.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Reason">Why.</param>
public sealed record IgnoredFlag(string Flag, string Reason);

/// <summary>What a command line says.</summary>
public sealed class ParsedCommand
{
    /// <summary>The program, or null when the line began with a flag.</summary>
    public string? Executable { get; internal set; }

    /// <summary>The image of a container, where the line ran one.</summary>
    public string? Image { get; set; }

    /// <summary>The folder the line changes to before it starts the program, or null. Relative paths are meant from there.</summary>
    public string? Folder { get; internal set; }

    /// <summary>Where a quote of the command begins that nobody closes, so that it swallowed what stands behind it; or null.</summary>
    public string? OpenQuote { get; internal set; }

    /// <summary>Variables for the engine that no setting belongs to, such as CUDA_VISIBLE_DEVICES.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The words that set a column, for reports.</summary>
    public Dictionary<string, string> Said { get; } = [];

    /// <summary>Settings by column, in the column's type.</summary>
    public Dictionary<string, object> Values { get; } = [];

    /// <summary>Columns that were said although they equal the engine's default, where that makes a difference.</summary>
    public HashSet<string> Forced { get; } = [];

    /// <summary>Flags without a column: the value, true, or a list of values.</summary>
    public Dictionary<string, object> Custom { get; } = [];

    /// <summary>Words that became no setting.</summary>
    public List<NotUnderstood> NotUnderstood { get; } = [];

    /// <summary>Flags that were left out on purpose.</summary>
    public List<IgnoredFlag> Ignored { get; } = [];

    /// <summary>Folders of the host by folder of the container, where the line ran one.</summary>
    internal Dictionary<string, string> Volumes { get; } = [];

    /// <summary>Words with variables or commands of a shell in them whose value nobody knows here.</summary>
    internal HashSet<string> Unresolved { get; } = [];

    /// <summary>Removed flags with their values: which flag took their place depends on others of the line.</summary>
    internal List<(ParameterDefinition Removed, string Flag, string Text)> Removed { get; } = [];
}
