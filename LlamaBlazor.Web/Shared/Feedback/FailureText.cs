using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Shared.Feedback;

/// <summary>A failure as a sentence for people.</summary>
internal static class FailureText
{
    /// <summary>Its errors, each with the name of its setting; else its message.</summary>
    public static string Of(Failure failure) =>
        failure.Errors is { Count: > 0 } errors
            ? string.Join(
                " ",
                errors.Select(error =>
                    $"{ParameterCatalogue.Current.FindColumn(error.Key)?.Label ?? error.Key}: {string.Join(" ", error.Value)}"
                )
            )
            : failure.Message;
}
