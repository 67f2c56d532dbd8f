using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Web.Models;

/// <summary>What the columns that people edit must satisfy.</summary>
internal static class ModelRules
{
    private const int NameBound = 200;
    private const int TypeBound = 64;
    private const int TagsBound = 32;
    private const int TagBound = 64;
    private const int NotesBound = 10_000;

    /// <summary>All that is wrong, or null.</summary>
    public static Failure? Check(ModelPatch patch)
    {
        var errors = new Dictionary<string, string[]>();
        if (patch.Name is { } name && NameError(name) is { } wrong)
            errors["name"] = [wrong];
        if (patch.Type is { } type && (string.IsNullOrWhiteSpace(type) || type.Length > TypeBound || type.Any(char.IsControl)))
            errors["type"] = [$"A word of 1 to {TypeBound} characters, such as llama, gpt or custom."];
        if (
            patch.Tags is { } tags
            && (Tags(tags).Count > TagsBound || Tags(tags).Any(tag => tag.Length > TagBound || tag.Any(char.IsControl)))
        )
            errors["tags"] = [$"At most {TagsBound} tags of at most {TagBound} characters, separated by commas."];
        if (patch.Notes is { Length: > NotesBound })
            errors["notes"] = [$"At most {NotesBound:N0} characters."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    /// <summary>Why a name cannot be used, or null.</summary>
    public static string? NameError(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length is 0 or > NameBound)
            return $"A name has 1 to {NameBound} characters.";
        if (trimmed.Any(char.IsControl))
            return "A name has no line breaks or control characters.";
        return long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? "A name cannot be a number alone: numbers are ids."
            : null;
    }

    /// <summary>Puts the values into the row.</summary>
    public static void Apply(ModelPatch patch, Model model)
    {
        model.Name = patch.Name?.Trim() ?? model.Name;
        model.Type = patch.Type?.Trim() ?? model.Type;
        model.Favorite = patch.Favorite ?? model.Favorite;
        if (patch.Tags is { } tags)
            model.Tags = Tags(tags) is { Count: > 0 } list ? string.Join(',', list) : null;
        if (patch.Notes is { } notes)
            model.Notes = string.IsNullOrWhiteSpace(notes) ? null : notes;
    }

    /// <summary>A comma list as its parts, trimmed and each once.</summary>
    public static IReadOnlyList<string> Tags(string? tags) =>
        tags is null
            ? []
            :
            [
                .. tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Distinct(StringComparer.OrdinalIgnoreCase),
            ];
}
