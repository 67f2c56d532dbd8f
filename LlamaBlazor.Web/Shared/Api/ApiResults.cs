using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Shared.Api;

/// <summary>Turns outcomes into answers of <c>/api</c>: problem details of RFC 9457, with errors by field where there are any.</summary>
internal static class ApiResults
{
    /// <summary>The value as JSON, or the failure as problem details.</summary>
    public static IResult ToApi<T>(this Result<T> result) => result.ToApi(value => Results.Ok(value));

    /// <summary>The answer made of the value, or the failure as problem details.</summary>
    public static IResult ToApi<T>(this Result<T> result, Func<T, IResult> success) => result.Match(success, Problem);

    /// <summary>A failure as problem details.</summary>
    public static IResult Problem(Failure failure)
    {
        var (status, title) = failure.Kind switch
        {
            FailureKind.NotFound => (StatusCodes.Status404NotFound, "Not found"),
            FailureKind.Invalid => (StatusCodes.Status422UnprocessableEntity, "Some values are not valid"),
            FailureKind.Conflict => (StatusCodes.Status409Conflict, "Not possible now"),
            _ => (StatusCodes.Status503ServiceUnavailable, "Not available"),
        };
        var extensions = failure.Errors is null ? null : new Dictionary<string, object?> { ["errors"] = failure.Errors };
        return Results.Problem(failure.Message, statusCode: status, title: title, extensions: extensions);
    }

    /// <summary>422 for one parameter of the query.</summary>
    public static IResult Invalid(string field, string message) => Problem(Failure.Invalid(field, message));
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">What to send as <c>after</c> for the next page, or null at the end.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);
