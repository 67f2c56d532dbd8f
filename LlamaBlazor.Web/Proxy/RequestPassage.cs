using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Waits for a place at an engine, and passes a request on to it.</summary>
internal sealed class RequestPassage(
    RequestScheduler scheduler,
    EngineForwarder engines,
    AbandonedStreams streams,
    ModelDirectory models,
    IOptionsMonitor<ProxyOptions> options,
    TimeProvider clock
)
{
    /// <summary>Serves a request, or refuses it. One that never reached its engine is sent once more, since engines come and go.</summary>
    public async Task ServeAsync(HttpContext context, InFlightRequest request, RequestBody? body, ResponseCapture? capture)
    {
        await streams.EndAsync(context, request).ConfigureAwait(false);
        var waiting =
            request.Facts.Stream && options.CurrentValue.KeepAliveSeconds > 0 && body is not null
                ? new WaitingStream(context, request, engines, clock)
                {
                    TellsStatus = options.CurrentValue.LoadingStatus && request.Route.Kind == RouteKind.Chat,
                }
                : null;
        for (var attempt = 1; ; attempt++)
        {
            var turn = await scheduler
                .EnterAsync(request, waiting is null ? null : waiting.KeepAliveAsync, context.RequestAborted)
                .ConfigureAwait(false);
            if (turn.Error is { } refused)
            {
                if (
                    refused == ProxyError.ModelNotFound
                    && attempt == 1
                    && await HasMovedAsync(request, context.RequestAborted).ConfigureAwait(false)
                )
                    continue;
                await RequestGate.RefuseAsync(context, request, refused, turn.Message!, turn.RetryAfter, waiting).ConfigureAwait(false);
                return;
            }

            ForwardFailure? failure;
            try
            {
                failure = await PassOnAsync(context, request, turn.Engine!, body, waiting, capture).ConfigureAwait(false);
            }
            finally
            {
                streams.Leave(context, request);
            }

            if (failure is null)
                return;
            if (!failure.NeverArrived || attempt == 2)
            {
                await RequestGate.RefuseAsync(context, request, failure.Error, failure.Message).ConfigureAwait(false);
                return;
            }
        }
    }

    // The name may belong to another model by now: one that was deleted and made anew.
    private async ValueTask<bool> HasMovedAsync(InFlightRequest request, CancellationToken cancellation)
    {
        models.Invalidate();
        if (
            await models.FindAsync(request.ModelName, cancellation).ConfigureAwait(false) is not { } target
            || target.Model.Id == request.Target!.Model.Id
            || !target.IsOpenTo(request.Key)
        )
            return false;
        request.Target = target;
        return true;
    }

    private async ValueTask<ForwardFailure?> PassOnAsync(
        HttpContext context,
        InFlightRequest request,
        InstanceSnapshot engine,
        RequestBody? body,
        WaitingStream? waiting,
        ResponseCapture? capture
    )
    {
        if (waiting?.HasBegun == true)
        {
            await waiting.ForwardAsync(engine, body!, capture).ConfigureAwait(false);
            return null;
        }

        body?.Rewind(context.Request);
        return await engines.ForwardAsync(context, request, engine, body, capture).ConfigureAwait(false);
    }
}
