namespace LlamaBlazor.Web.Parameters.Import.Yaml;

/// <summary>A node of a YAML file.</summary>
/// <param name="Weight">Nodes it stands for, with aliases written out; what the bounds count.</param>
/// <param name="Height">Levels below it.</param>
internal abstract record YamlValue(long Weight, int Height);

/// <summary>A text, number or switch as it was written.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Lines">The same with the line ends that folding took away; equal to the text elsewhere.</param>
internal sealed record YamlText(string Text, string Lines) : YamlValue(1, 0)
{
    /// <summary>Whether it was written without quotes.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Whether it stands for nothing.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Items">Its items.</param>
internal sealed record YamlList(IReadOnlyList<YamlValue> Items)
    : YamlValue(1 + Items.Sum(item => item.Weight), 1 + (Items.Count == 0 ? 0 : Items.Max(item => item.Height)));

/// <summary>A mapping of names to values, merge keys (<c>&lt;&lt;</c>) resolved.</summary>
/// <param name="Pairs">In the order of the file.</param>
internal sealed record YamlMap(IReadOnlyList<KeyValuePair<string, YamlValue>> Pairs)
    : YamlValue(1 + Pairs.Sum(pair => 1 + pair.Value.Weight), 1 + (Pairs.Count == 0 ? 0 : Pairs.Max(pair => pair.Value.Height)))
{
    private readonly Dictionary<string, YamlValue> _values = Pairs.ToDictionary(
        pair => pair.Key,
        pair => pair.Value,
        StringComparer.Ordinal
    );

    /// <summary>The value of a name, or null.</summary>
    public YamlValue? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The text of a name; null where it is none, or nothing.</summary>
    public string? Text(string name) => this[name] is YamlText { IsNull: false } text ? text.Text : null;

    /// <summary>The mapping of a name, or null.</summary>
    public YamlMap? Map(string name) => this[name] as YamlMap;

    /// <summary>The texts of a list; a single text is a list of one.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        this[name] switch
        {
            YamlList list => [.. list.Items.OfType<YamlText>().Select(item => item.Text)],
            YamlText { IsNull: false } text => [text.Text],
            _ => [],
        };
}
