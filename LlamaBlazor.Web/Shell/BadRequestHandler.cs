using System.Text.Json;
using System.Text.RegularExpressions;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Diagnostics;

namespace LlamaBlazor.Web.Shell;

/// <summary>Says what is wrong with a request that could not be read: the place in its JSON, the field of the wrong kind, or the
/// parameter.</summary>
internal sealed partial class BadRequestHandler : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
            return false;
        if (bad.InnerException is JsonException json && UnknownField.Refuse(json) is { } unknown)
        {
            await ApiResults.Problem(unknown).ExecuteAsync(httpContext).ConfigureAwait(false);
            return true;
        }

        var (field, words) = Explain(bad);
        var errors = field is null
            ? null
            : new Dictionary<string, object?> { ["errors"] = new Dictionary<string, string[]> { [field] = [words] } };
        await Results
            .Problem(words, statusCode: bad.StatusCode, title: Title(bad.StatusCode), extensions: errors)
            .ExecuteAsync(httpContext)
            .ConfigureAwait(false);
        return true;
    }

    private static (string? Field, string Words) Explain(BadHttpRequestException error)
    {
        if (error.InnerException is JsonException json)
            return ExplainJson(json);
        if (Bound().Match(error.Message) is { Success: true } bound)
            return (
                bound.Groups["name"].Value,
                $"The parameter {bound.Groups["name"].Value} cannot be '{bound.Groups["value"].Value}': it takes another kind of value."
            );
        if (Missing().Match(error.Message) is { Success: true } missing)
            return (missing.Groups["name"].Value, $"The parameter {missing.Groups["name"].Value} is missing.");
        return error.StatusCode switch
        {
            StatusCodes.Status415UnsupportedMediaType => (null, "The body must be JSON: send it with Content-Type: application/json."),
            StatusCodes.Status413PayloadTooLarge => (null, "The body is larger than this route takes."),
            StatusCodes.Status408RequestTimeout => (null, "The body came too slowly."),
            _ when error.Message.Contains("no body was provided", StringComparison.Ordinal) => (null, "This request needs a JSON body."),
            _ => (null, "The body or a parameter could not be read: it ends too early, or its encoding is wrong."),
        };
    }

    // A path is there where the text is JSON and a value does not fit; positions count from 0.
    private static (string? Field, string Words) ExplainJson(JsonException error)
    {
        var place = $"line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}";
        if (error.GetType() != typeof(JsonException) && error.InnerException is null)
            return (null, $"The body is not JSON: {place}.");
        if (error.InnerException is JsonException)
            return (null, $"The body is not JSON: {place}.");
        var field = error.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : null;
        return field is null
            ? (null, $"The body is JSON of another form than this route takes ({place}).")
            : (field, $"The field {field} has a value of the wrong kind ({place}).");
    }

    private static string Title(int status) =>
        status switch
        {
            StatusCodes.Status413PayloadTooLarge => "Too large",
            StatusCodes.Status415UnsupportedMediaType => "Not JSON",
            StatusCodes.Status408RequestTimeout => "Too slow",
            _ => "The request could not be read",
        };

    [GeneratedRegex(
        """^Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.""",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline
    )]
    private static partial Regex Bound();

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided""", RegexOptions.ExplicitCapture)]
    private static partial Regex Missing();
}
