using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Diagnostics;

namespace LlamaBlazor.Web.Shell;

/// <summary>
/// Answers a page that cannot be made because the key that protects it cannot be written: the first page of all needs one, and the disk of
/// the data folder is full or read-only. A plain page says why, and asks again by itself until there is room.
/// </summary>
internal sealed partial class PageFaultHandler(DataFolder folder, DatabaseState database, ILogger<PageFaultHandler> logger)
    : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not CryptographicException || Words(exception) is not { } words)
            return false;
        LogFailed(httpContext.Request.Path, words);
        httpContext.Response.Headers.RetryAfter = DatabaseGuard.RetryAfter.ToString(CultureInfo.InvariantCulture);
        var isPage = Refusals.IsPage(httpContext);
        await (
            isPage
                ? Results.Content(Page(words), "text/html; charset=utf-8", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Problem(words, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not available")
        )
            .ExecuteAsync(httpContext)
            .ConfigureAwait(false);
        return true;
    }

    // As the database says it, which has the same disk; in the words of the key's own file where that one works.
    private string? Words(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is IOException or UnauthorizedAccessException)
                return database.Failure ?? DatabaseFault.Words(error, folder.Database);
        }

        return null;
    }

    private static string Page(string words) =>
        $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="{DatabaseGuard.RetryAfter}">
            <title>The dashboard waits for its disk</title>
            </head>
            <body>
            <h1>The dashboard waits for its disk</h1>
            <p role="alert">{HtmlEncoder.Default.Encode(words)}</p>
            <p>This page asks again every {DatabaseGuard.RetryAfter} seconds.</p>
            </body>
            </html>
            """;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The page {Path} could not be made. {Reason}")]
    private partial void LogFailed(string path, string reason);
}
