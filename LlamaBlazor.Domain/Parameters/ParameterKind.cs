namespace LlamaBlazor.Domain.Parameters;

/// <summary>What a parameter's value is, which chooses its editor and its checks.</summary>
public enum ParameterKind
{
    /// <summary>Default, on or off.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>A number with a fraction.</summary>
    Number,

    /// <summary>One line of text.</summary>
    Text,

    /// <summary>Text of several lines, such as a grammar.</summary>
    Lines,

    /// <summary>One of a few words or numbers.</summary>
    Choice,

    /// <summary>Several items in one text, separated by commas or semicolons.</summary>
    List,

    /// <summary>Several items that are each a text of their own, kept as a JSON array.</summary>
    Items,

    /// <summary>A file or folder of the machine that runs the engine.</summary>
    Path,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>How a value becomes words of the command line (parameters.md (d)).</summary>
public enum Emission
{
    /// <summary>Never: the column has no flag.</summary>
    None,

    /// <summary>On is the flag, off is its negation.</summary>
    Pair,

    /// <summary>On is the flag; there is no word for off.</summary>
    Flag,

    /// <summary>The flag and its value.</summary>
    Value,

    /// <summary>The flag and one row of comma separated values.</summary>
    Csv,

    /// <summary>The flag and values separated by semicolons.</summary>
    Semicolon,

    /// <summary>The flag once for each item.</summary>
    Repeat,

    /// <summary>The flag and two words.</summary>
    TwoValues,

    /// <summary>Prints something and stops: never part of a launch.</summary>
    Action,

    /// <summary>llama.cpp removed it or ignores it: never emitted.</summary>
    Removed,
}

/// <summary>Who holds a parameter to its range.</summary>
public enum LimitKind
{
    /// <summary>Nobody: there is no range.</summary>
    None,

    /// <summary>Values outside make no sense, but the engine takes them: a warning.</summary>
    Advisory,

    /// <summary>The engine refuses to start: an error.</summary>
    Enforced,
}

/// <summary>Where an effective value comes from.</summary>
public enum ParameterSource
{
    /// <summary>Nobody set it: the engine's own default.</summary>
    Engine,

    /// <summary>The server settings, which hold for all models.</summary>
    Server,

    /// <summary>The model itself.</summary>
    Model,
}
