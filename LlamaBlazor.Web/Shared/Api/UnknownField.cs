using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Shared.Api;

/// <summary>
/// Fields of a body that a route does not have. They are refused: one that is misspelt would be left out without a word, such as
/// <c>dryrun</c> for <c>dry_run</c>.
/// </summary>
internal static class UnknownField
{
    private const int Named = 100;

    /// <summary>A failure that names the field, or null where the error is another one.</summary>
    /// <param name="error">Why a body could not be read.</param>
    public static Failure? Refuse(JsonException error)
    {
        // The reader of JSON tells the kind by its words alone.
        if (!error.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return null;
        var path = error.Path?.TrimStart('$', '.') ?? "";
        var field = path.Length > Named ? path[..Named] + "…" : path;
        return Failure.Invalid(field, $"This route has no field '{field}': nothing was done. Check its spelling, or leave it out.");
    }
}
