namespace LlamaBlazor.Web.Cli;

/// <summary>A command that is one call of the API.</summary>
/// <param name="Group">Word before it, such as <c>models</c>.</param>
/// <param name="Name">The word.</param>
/// <param name="Help">What it does.</param>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Path">Path of the API; <c>{argument}</c> is replaced.</param>
internal sealed record CliVerb(string Group, string Name, string Help, string Method, string Path)
{
    /// <summary>Columns of its table; empty for all values one below the other.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Names and help of its arguments.</summary>
    public IReadOnlyList<CliArgument> Arguments { get; init; } = [];

    /// <summary>An argument that may be left out and goes into the query, or null.</summary>
    public CliArgument? Word { get; init; }

    /// <summary>Names and help of options that go into the query: <c>--model</c> becomes <c>model=</c>.</summary>
    public IReadOnlyList<CliArgument> Options { get; init; } = [];

    /// <summary>The body made of the arguments, or null.</summary>
    public Func<IReadOnlyDictionary<string, string>, object>? Body { get; init; }

    /// <summary>True when options go into the body, by their names, instead of the query.</summary>
    public bool OptionsInBody { get; init; }

    /// <summary>True for a list of several pages, which are all shown.</summary>
    public bool HasPages { get; init; }

    /// <summary>A line that shows how it is used.</summary>
    public string Example =>
        string.Join(
            ' ',
            (Word is null ? Arguments : [.. Arguments, Word])
                .Select(argument => argument.Sample ?? argument.Name.ToUpperInvariant())
                .Prepend($"{Group} {Name}")
        );

    /// <summary>True for an operation on the database that takes long: it is followed to its end, and ended with Ctrl+C.</summary>
    public bool IsJob { get; init; }

    /// <summary>True when it means nothing without a running dashboard, because what it starts would end with the command.</summary>
    public bool NeedsServer { get; init; }
}

/// <summary>An argument or option.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Help">What it is.</param>
/// <param name="Sample">What an example shows; its name in capitals otherwise.</param>
/// <param name="Flag">What the query gets for an option without a value, such as <c>force=true</c>; null for one with a value.</param>
internal sealed record CliArgument(string Name, string Help, string? Sample = null, string? Flag = null);
