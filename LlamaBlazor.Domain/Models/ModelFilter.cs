namespace LlamaBlazor.Domain.Models;

/// <summary>Which models a list shows and in which order. Null shows all.</summary>
public sealed record ModelFilter
{
    /// <summary>One of <see cref="ModelStatus"/>, or <c>missing</c> for models whose file is gone.</summary>
    public string? Status { get; init; }

    /// <summary>Family or architecture, without regard to case.</summary>
    public string? Type { get; init; }

    /// <summary>One of <see cref="ModelRole"/>.</summary>
    public string? Role { get; init; }

    /// <summary>Words that all occur in name, architecture, size label, quantisation or tags, without regard to case; at most 200
    /// characters count.</summary>
    public string? Text { get; init; }

    /// <summary>Only favourites, or only the others.</summary>
    public bool? Favorite { get; init; }

    /// <summary>The order.</summary>
    public ModelSort Sort { get; init; } = ModelSort.Default;
}

/// <summary>An order of the list: one of <see cref="Keys"/>, downwards where <paramref name="Descending"/>.</summary>
/// <param name="Key">What is compared.</param>
/// <param name="Descending">Largest first.</param>
public sealed record ModelSort(string Key, bool Descending)
{
    /// <summary>Favourites first, then by name: the order where none is asked for.</summary>
    public const string Favorites = "favorite";

    /// <summary>All keys. Models without a value come first upwards and last downwards.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        Favorites,
        "name",
        "architecture",
        "parameter_count",
        "quantization",
        "context_length",
        "file_size_bytes",
        "status",
        "last_used_at",
        "created_at",
    ];

    /// <summary>The order where none is asked for.</summary>
    public static ModelSort Default { get; } = new(Favorites, false);

    /// <summary><c>name</c> or <c>-name</c>; null when the word is none of <see cref="Keys"/>.</summary>
    /// <param name="text">As in the address.</param>
    public static ModelSort? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Default;
        var sort = text[0] == '-' ? new ModelSort(text[1..], true) : new ModelSort(text, false);
        return Keys.Contains(sort.Key) ? sort : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Descending ? "-" + Key : Key;
}
