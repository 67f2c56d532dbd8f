using System.Globalization;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Security.Access;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy;

/// <summary><c>GET /v1/models</c>: every model and alias with what clients want to know, in the form of OpenAI or of Anthropic.</summary>
internal sealed class ModelCatalogue(KeyAccess access, ModelDirectory models, InstanceRegistry registry)
{
    private const int PageLimit = 1000;

    /// <summary>Maps the list and the single model.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RouteTable.ModelsPath, (HttpContext context, ModelCatalogue catalogue) => catalogue.ListAsync(context))
            .WithMetadata(ChecksKeysItself.Mark)
            .WithTags("Proxy");
        app.MapGet(
                RouteTable.ModelsPath + "/{**name}",
                (HttpContext context, string name, ModelCatalogue catalogue) => catalogue.FindAsync(context, name)
            )
            .WithMetadata(ChecksKeysItself.Mark)
            .WithTags("Proxy");
    }

    /// <summary>Answers with all models that the caller may ask; names with a wildcard are none.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var check = await CheckAsync(context).ConfigureAwait(false);
        if (!await RequestGate.PassesAsync(context, check).ConfigureAwait(false))
            return;
        var all = await models.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        var open = all.Where(target => target.IsOpenTo(check.Key)).ToList();
        if (Refusals.FamilyOf(context) == ApiFamily.Anthropic)
            await AnswerAsync(context, Page(open, context.Request.Query)).ConfigureAwait(false);
        else
            await AnswerAsync(context, new { @object = "list", data = open.Select(Describe).ToList() }).ConfigureAwait(false);
    }

    /// <summary>Answers with one model.</summary>
    public async Task FindAsync(HttpContext context, string name)
    {
        var check = await CheckAsync(context).ConfigureAwait(false);
        if (!await RequestGate.PassesAsync(context, check).ConfigureAwait(false))
            return;
        var asked = Uri.UnescapeDataString(name);
        if (await models.FindAsync(asked, context.RequestAborted).ConfigureAwait(false) is not { } target || !target.IsOpenTo(check.Key))
        {
            await Refusals
                .SendAsync(context, ProxyError.ModelNotFound, $"The model '{asked}' does not exist. GET /v1/models lists all.")
                .ConfigureAwait(false);
            return;
        }

        var named = target.IsWildcard ? target with { Name = asked } : target;
        await AnswerAsync(context, Refusals.FamilyOf(context) == ApiFamily.Anthropic ? DescribeForAnthropic(named) : Describe(named))
            .ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, object answer) =>
        context.Response.WriteAsJsonAsync(answer, ApiJson.Options, context.RequestAborted);

    // A key that may only read sees the list too.
    private async ValueTask<KeyCheck> CheckAsync(HttpContext context)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: false).ConfigureAwait(false);
        return check.Verdict == KeyVerdict.Forbidden
            ? await access.CheckAsync(context, Scope.Read, count: false).ConfigureAwait(false)
            : check;
    }

    // Pages as Anthropic's API has them; without a limit all are sent, since few clients ask for a second page.
    private static object Page(List<ProxyTarget> open, IQueryCollection query)
    {
        var limit =
            int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0
                ? Math.Min(asked, PageLimit)
                : int.MaxValue;
        var (after, before) = (PlaceOf(open, query["after_id"]), PlaceOf(open, query["before_id"]));
        var (from, to) = (after is { } first ? first + 1 : 0, before ?? open.Count);
        if (before is not null && after is null)
            from = Math.Max(0, to - (int)Math.Min(limit, (long)to)); // the page right before
        var page = open[from..Math.Max(from, to)].Take(limit).ToList();
        return new
        {
            data = page.Select(DescribeForAnthropic).ToList(),
            has_more = before is not null && after is null ? from > 0 : from + page.Count < to,
            first_id = page.FirstOrDefault()?.Name,
            last_id = page.LastOrDefault()?.Name,
        };
    }

    private static int? PlaceOf(List<ProxyTarget> open, string? id) =>
        open.FindIndex(target => target.Name.Equals(id, StringComparison.OrdinalIgnoreCase)) is >= 0 and var place ? place : null;

    private static object DescribeForAnthropic(ProxyTarget target) =>
        new
        {
            type = "model",
            id = target.Name,
            display_name = target.Name,
            created_at = DateTimeOffset
                .FromUnixTimeMilliseconds(target.Model.Facts.CreatedAt)
                .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };

    private object Describe(ProxyTarget target)
    {
        var facts = target.Model.Facts;
        var instance = registry.Find(target.Model.Id);
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
            meta = new
            {
                n_ctx_train = facts.TrainedContext,
                n_params = facts.ParameterCount,
                size = facts.SizeBytes,
                quantization = facts.Quantization,
            },
            status = new { value = instance?.Status ?? "stopped", reason = instance?.Reason },
        };
    }
}
