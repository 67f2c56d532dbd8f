using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy;

/// <summary>A stream and the engine that holds it.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Stream">The stream.</param>
internal sealed record OwnedStream(InstanceSnapshot Engine, StreamSession Stream);

/// <summary>
/// Finds the engine that holds a stream by asking those that run. They alone know: streams expire, and end with their engine, so nothing is
/// remembered here that could be wrong.
/// </summary>
internal sealed class StreamOwners(
    InstanceRegistry registry,
    EngineClient client,
    ModelDirectory models,
    TimeProvider clock,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The streams of the conversations, of each id the one that is meant, in the order they were asked for. A conversation has one a model
    /// where clients add the model to the id.
    /// </summary>
    /// <param name="conversations">The ids.</param>
    /// <param name="key">Whose key it is; engines of models that it may not ask are left out.</param>
    /// <param name="model">Asks the engine of that model alone; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IReadOnlyList<OwnedStream>> FindAsync(
        IReadOnlyList<string> conversations,
        ApiKey? key,
        string? model,
        CancellationToken cancellation
    )
    {
        if (conversations.Count == 0)
            return [];
        var open = await OpenAsync(key, model, cancellation).ConfigureAwait(false);
        var answers = await Task.WhenAll(open.Select(engine => AskAsync(engine, conversations, cancellation))).ConfigureAwait(false);
        var found = new Dictionary<string, OwnedStream>(StringComparer.Ordinal);
        foreach (var owned in answers.SelectMany(answer => answer))
        {
            var id = owned.Stream.ConversationId;
            if (!found.TryGetValue(id, out var other) || owned.Stream.IsNewerThan(other.Stream))
                found[id] = owned;
        }

        return
        [
            .. conversations
                .SelectMany(id =>
                    found.Values.Where(owned =>
                        owned.Stream.ConversationId == id || owned.Stream.ConversationId.StartsWith(id + "::", StringComparison.Ordinal)
                    )
                )
                .DistinctBy(owned => owned.Stream.ConversationId),
        ];
    }

    /// <summary>Waits until the engine of a model is through with a stream, or does not hold it, or is gone.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="conversation">The conversation.</param>
    public async Task WaitForEndAsync(long modelId, string conversation)
    {
        try
        {
            while (registry.FindRunning(modelId) is { } engine)
            {
                var held = await AskAsync(engine, [conversation], lifetime.ApplicationStopping).ConfigureAwait(false);
                if (held.All(owned => owned.Stream.IsDone || owned.Stream.ConversationId != conversation))
                    return;
                await Task.Delay(Pause, clock, lifetime.ApplicationStopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // the dashboard is being stopped
        }
    }

    /// <summary>Ends a stream at the engine of a model: to leave is not enough, the engine would go on.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="conversation">The conversation.</param>
    public async Task EndAsync(long modelId, string conversation)
    {
        if (registry.FindRunning(modelId) is not { } engine)
            return;
        try
        {
            // An engine that does not answer ends its streams in its own time, and the place is kept until then.
            await client
                .SendAsync(
                    EngineAddress.Of(engine),
                    HttpMethod.Delete,
                    RouteTable.StreamPrefix + Uri.EscapeDataString(conversation),
                    null,
                    Patience,
                    lifetime.ApplicationStopping
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the dashboard is being stopped
        }
    }

    private async Task<List<InstanceSnapshot>> OpenAsync(ApiKey? key, string? model, CancellationToken cancellation)
    {
        var only = model is null ? null : await models.FindAsync(model, cancellation).ConfigureAwait(false);
        var open = new List<InstanceSnapshot>();
        foreach (var engine in registry.ByModel.Values.Where(engine => engine is { Phase: InstancePhase.Running, BaseUrl: not null }))
        {
            var target = model is null ? await models.FindAsync(engine.Model, cancellation).ConfigureAwait(false) : only;
            if (target is not null && target.Model.Id == engine.ModelId && target.IsOpenTo(key))
                open.Add(engine);
        }

        return open;
    }

    // An engine that is older than this, or silent, holds nothing that could be found.
    private async Task<IReadOnlyList<OwnedStream>> AskAsync(
        InstanceSnapshot engine,
        IReadOnlyList<string> conversations,
        CancellationToken cancellation
    )
    {
        var answer = await client
            .SendAsync(
                EngineAddress.Of(engine),
                HttpMethod.Post,
                RouteTable.StreamLookupPath,
                new { conversation_ids = conversations },
                Patience,
                cancellation
            )
            .ConfigureAwait(false);
        return answer.Json is { } json ? [.. StreamSession.Read(json).Select(stream => new OwnedStream(engine, stream))] : [];
    }
}
