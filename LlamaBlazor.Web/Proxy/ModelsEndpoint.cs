using LlamaBlazor.Web.Instances;

namespace LlamaBlazor.Web.Proxy;

/// <summary><c>GET /v1/models</c>: every model and alias with what clients want to know, in OpenAI's form.</summary>
internal static class ModelsEndpoint
{
    /// <summary>The list.</summary>
    public static async Task<object> ListAsync(ModelDirectory models, InstanceBoard board, CancellationToken cancellation)
    {
        var targets = await models.ReadAsync(cancellation).ConfigureAwait(false);
        return new { @object = "list", data = targets.Select(target => Describe(target, board)).ToList() };
    }

    /// <summary>One model, or null.</summary>
    public static async Task<object?> FindAsync(string name, ModelDirectory models, InstanceBoard board, CancellationToken cancellation) =>
        await models.FindAsync(name, cancellation).ConfigureAwait(false) is { } target ? Describe(target, board) : null;

    private static object Describe(ProxyTarget target, InstanceBoard board)
    {
        var facts = target.Model.Facts;
        var instance = board.Find(target.Model.Id);
        var embeds = facts.Architecture is "bert" or "nomic-bert" or "jina-bert-v2" or "modern-bert" or "t5encoder" or "gemma-embedding";
        string[] capabilities =
        [
            .. embeds ? ["embeddings"] : new[] { "completion" },
            .. facts.HasChatTemplate && !embeds ? new[] { "chat", "tools" } : [],
            .. facts.HasProjector ? new[] { "vision" } : [],
        ];
        var context = facts.ConfiguredContext is > 0 ? facts.ConfiguredContext : facts.TrainedContext;
        return new
        {
            id = target.Name,
            @object = "model",
            created = facts.CreatedAt / 1000,
            owned_by = "llamablazor",
            alias_of = target.Name == target.Model.Name ? null : target.Model.Name,
            architecture = facts.Architecture,
            capabilities,
            context_length = context,
            meta = new { n_ctx_train = facts.TrainedContext, n_params = facts.ParameterCount, size = facts.SizeBytes, quantization = facts.Quantization },
            status = new { value = instance?.Status ?? "stopped", reason = instance?.Reason },
        };
    }
}
