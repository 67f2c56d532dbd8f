using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Turns away requests whose key was not accepted, and says no to others.</summary>
internal static class RequestGate
{
    /// <summary>Answers a request whose key was not accepted. True when it was.</summary>
    public static async ValueTask<bool> PassesAsync(HttpContext context, KeyCheck check)
    {
        if (check.Verdict == KeyVerdict.Allowed)
            return true;
        await Refusals.SendAsync(context, ErrorOf(check.Verdict), check.Message, check.RetryAfter).ConfigureAwait(false);
        return false;
    }

    /// <summary>The refusal of a verdict.</summary>
    public static ProxyError ErrorOf(KeyVerdict verdict) =>
        verdict switch
        {
            KeyVerdict.Forbidden => ProxyError.Forbidden,
            KeyVerdict.Limited => ProxyError.RateLimited,
            _ => ProxyError.Unauthorized,
        };

    /// <summary>Refuses a request that has begun, in the form of its API; within its stream where that has begun. False, for callers that
    /// end here.</summary>
    public static async ValueTask<bool> RefuseAsync(
        HttpContext context,
        InFlightRequest request,
        ProxyError error,
        string message,
        int retryAfter = 0,
        WaitingStream? waiting = null
    )
    {
        request.Fail(error, message);
        if (waiting?.HasBegun == true)
            await waiting.FailAsync(error, message).ConfigureAwait(false);
        else
            await Refusals.SendAsync(context, error, message, retryAfter, request.RequestId).ConfigureAwait(false);
        return false;
    }
}
