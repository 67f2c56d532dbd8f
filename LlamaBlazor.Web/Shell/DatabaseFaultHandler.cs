using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Diagnostics;

namespace LlamaBlazor.Web.Shell;

/// <summary>Answers a request that a full, locked or unwritable database has ended, in words: 507 for a full disk, else 503.</summary>
internal sealed partial class DatabaseFaultHandler(DataFolder folder, ILogger<DatabaseFaultHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (DatabaseFault.OfEdit(exception, folder.Database) is not { } failure)
            return false;
        LogFailed(httpContext.Request.Method, httpContext.Request.Path, failure.Message);
        var status = DatabaseFault.IsFull(exception, folder.Database)
            ? StatusCodes.Status507InsufficientStorage
            : StatusCodes.Status503ServiceUnavailable;
        await Results.Problem(failure.Message, statusCode: status, title: "Not available").ExecuteAsync(httpContext).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} failed. {Reason}")]
    private partial void LogFailed(string method, string path, string reason);
}
