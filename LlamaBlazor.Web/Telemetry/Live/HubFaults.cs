using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Telemetry.Live;

/// <summary>Logs what goes wrong in a hub, except what its caller did wrong and is told.</summary>
internal sealed partial class HubFaults(ILogger<HubFaults> logger) : IHubFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        try
        {
            return await next(invocationContext).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not HubException && !invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            LogFailed(invocationContext.HubMethodName, error);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The call {Method} of a hub failed")]
    private partial void LogFailed(string method, Exception error);
}
