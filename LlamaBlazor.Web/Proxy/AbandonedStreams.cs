using System.Collections.Concurrent;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Places of requests whose client has left while their engine goes on with a stream that it keeps: llama-server does for those
/// with <c>X-Conversation-Id</c>.</summary>
internal sealed class AbandonedStreams(StreamOwners owners, RequestScheduler scheduler)
{
    private const string ConversationHeader = "X-Conversation-Id";

    // As many as have a place there.
    private readonly ConcurrentDictionary<(long Model, string Conversation), int> _abandoned = new();

    /// <summary>Gives the place of a request back: at once, or when its engine is through with a stream that goes on, since its slot is
    /// free only then.</summary>
    public void Leave(HttpContext context, InFlightRequest request)
    {
        var conversation = context.Request.Headers[ConversationHeader].ToString();
        var isCancelled = request.Cancelled.IsCancellationRequested;
        if (conversation.Length > 0 && request.Route.Generates && (isCancelled || context.RequestAborted.IsCancellationRequested))
        {
            _abandoned.AddOrUpdate((request.Target!.Model.Id, conversation), 1, static (_, count) => count + 1);
            _ = Task.Run(() => LeaveAtTheEndAsync(request, conversation, isCancelled));
        }
        else
        {
            scheduler.Leave(request);
        }
    }

    /// <summary>Ends the old stream of a conversation whose next request has come: its engine does so too, but sees it only when there is a
    /// place.</summary>
    public async ValueTask EndAsync(HttpContext context, InFlightRequest request)
    {
        var conversation = context.Request.Headers[ConversationHeader].ToString();
        if (conversation.Length > 0 && request.Route.Generates && _abandoned.ContainsKey((request.Target!.Model.Id, conversation)))
            await owners.EndAsync(request.Target.Model.Id, conversation).ConfigureAwait(false);
    }

    private async Task LeaveAtTheEndAsync(InFlightRequest request, string conversation, bool isCancelled)
    {
        var stream = (request.Target!.Model.Id, conversation);
        try
        {
            if (isCancelled)
                await owners.EndAsync(request.Target!.Model.Id, conversation).ConfigureAwait(false);
            await owners.WaitForEndAsync(request.Target!.Model.Id, conversation).ConfigureAwait(false);
        }
        finally
        {
            if (_abandoned.AddOrUpdate(stream, 0, static (_, count) => count - 1) <= 0)
                _abandoned.TryRemove(KeyValuePair.Create(stream, 0));
            scheduler.Leave(request);
        }
    }
}
