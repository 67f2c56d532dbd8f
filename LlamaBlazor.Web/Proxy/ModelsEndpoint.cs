using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Security.Keys;

namespace LlamaBlazor.Web.Proxy;

/// <summary><c>GET /v1/models</c>: every model and alias with what clients want to know, in OpenAI's form.</summary>
internal static class ModelsEndpoint
{
    /// <summary>Maps the list and the single model.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RouteTable.ModelsPath, ListAsync).WithTags("Proxy");
        app.MapGet(RouteTable.ModelsPath + "/{**name}", FindAsync).WithTags("Proxy");
    }

    private static async Task<IResult> ListAsync(HttpContext context, KeyAccess access, ModelDirectory models, InstanceBoard board)
    {
        var check = await CheckAsync(context, access).ConfigureAwait(false);
        if (!await ProxyEndpoint.PassesAsync(context, check).ConfigureAwait(false))
            return Results.Empty;
        var targets = await models.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        return Results.Ok(ListFor(check.Key, targets, board));
    }

    private static async Task<IResult> FindAsync(string name, HttpContext context, KeyAccess access, ModelDirectory models, InstanceBoard board)
    {
        var check = await CheckAsync(context, access).ConfigureAwait(false);
        if (!await ProxyEndpoint.PassesAsync(context, check).ConfigureAwait(false))
            return Results.Empty;
        if (await models.FindAsync(Uri.UnescapeDataString(name), context.RequestAborted).ConfigureAwait(false) is { } target && target.IsOpenTo(check.Key))
            return Results.Ok(Describe(target, board));
        await ProxyAnswers.SendAsync(context, ProxyError.ModelNotFound, $"The model '{name}' does not exist. GET /v1/models lists all.").ConfigureAwait(false);
        return Results.Empty;
    }

    // A key that may only read sees the list too.
    private static async ValueTask<KeyCheck> CheckAsync(HttpContext context, KeyAccess access)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: false).ConfigureAwait(false);
        return check.Verdict == KeyVerdict.Forbidden ? await access.CheckAsync(context, Scope.Read, count: false).ConfigureAwait(false) : check;
    }

    /// <summary>The list as one key sees it.</summary>
    internal static object ListFor(ApiKey? key, IEnumerable<ProxyTarget> targets, InstanceBoard board) =>
        new { @object = "list", data = targets.Where(target => target.IsOpenTo(key)).Select(target => Describe(target, board)).ToList() };

    private static object Describe(ProxyTarget target, InstanceBoard board)
    {
        var facts = target.Model.Facts;
        var instance = board.Find(target.Model.Id);
        string[] capabilities =
        [
            .. facts.Embeds ? ["embeddings"] : new[] { "completion" },
            .. facts.HasChatTemplate && !facts.Embeds ? new[] { "chat", "tools" } : [],
            .. facts.Senses.Vision ? new[] { "vision" } : [],
            .. facts.Senses.Audio ? new[] { "audio" } : [],
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
