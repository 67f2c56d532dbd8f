namespace LlamaBlazor.Domain.Parameters;

/// <summary>What a piece of a shell's text is.</summary>
internal enum ShellTokenKind
{
    /// <summary>A word of the command.</summary>
    Word,

    /// <summary>The sign in front of a second program that reads what the first one writes.</summary>
    Pipe,

    /// <summary>A sign that sends output into a file, or reads from one.</summary>
    Redirect,

    /// <summary>A comment to the end of its line.</summary>
    Comment,
}

/// <summary>A piece of a shell's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word without quotes, or the sign.</param>
internal readonly record struct ShellToken(ShellTokenKind Kind, string Text)
{
    /// <summary>Whether it began with a quote.</summary>
    public bool Quoted { get; init; }

    /// <summary>Whether something in it has a value that only a running shell knows.</summary>
    public bool Unresolved { get; init; }

    /// <summary>The items of a list, where it is one: <c>NAME=(a b)</c> of bash, <c>@('a','b')</c> of PowerShell.</summary>
    public IReadOnlyList<string>? Items { get; init; }
}
