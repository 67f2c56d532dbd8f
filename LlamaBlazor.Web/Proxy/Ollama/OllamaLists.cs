using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Proxy.Ollama;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>What Ollama's clients ask about models: which there are, which run, and what one is like.</summary>
internal sealed class OllamaLists(
    KeyAccess access,
    BodyStore bodies,
    ModelDirectory models,
    InstanceRegistry registry,
    OllamaKeepAlive keepAlive,
    MetricWindow metrics
)
{
    private const int LargestQuestion = 64 << 10;

    // The form of Ollama's own "keeps it loaded for ever".
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary><c>/api/tags</c>.</summary>
    public async Task TagsAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is { } targets)
            await WriteAsync(context, new { models = targets.Select(target => Describe(target)).ToList() }).ConfigureAwait(false);
    }

    /// <summary><c>/api/ps</c>.</summary>
    public async Task RunningAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not { } targets)
            return;
        var running = targets.Where(target =>
            target.Name == target.Model.Name && registry.Find(target.Model.Id) is { Phase: InstancePhase.Running }
        );
        await WriteAsync(context, new { models = running.Select(target => Describe(target, isRunning: true)).ToList() })
            .ConfigureAwait(false);
    }

    /// <summary><c>/api/show</c>.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        if (await CheckAsync(context, Scope.Inference).ConfigureAwait(false) is null)
            return;
        var (body, error) = await bodies.ReadAsync(context.Request, LargestQuestion, context.RequestAborted).ConfigureAwait(false);
        using (body)
        {
            var named = body is null ? null : await body.ReadAsync(NameIn, context.RequestAborted).ConfigureAwait(false);
            if (named is not { Length: > 0 } name)
                await RefuseAsync(
                        context,
                        body is null ? error.Facts().Status : 400,
                        "The body must be a JSON object with the name of a model in \"model\"."
                    )
                    .ConfigureAwait(false);
            else if (await FindAsync(context, name).ConfigureAwait(false) is { } target)
                await WriteAsync(context, Show(target)).ConfigureAwait(false);
        }
    }

    /// <summary>The model of a name; answers 404 where there is none that the caller may know.</summary>
    public async Task<ProxyTarget?> FindAsync(HttpContext context, string name)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: false).ConfigureAwait(false);
        if (
            await models.FindAsync(OllamaRequest.Known(name, models.Contains), context.RequestAborted).ConfigureAwait(false) is { } target
            && target.IsOpenTo(check.Key)
        )
            return target;
        await RefuseAsync(context, StatusCodes.Status404NotFound, $"model '{name}' not found. GET /api/tags lists all.")
            .ConfigureAwait(false);
        return null;
    }

    /// <summary>Answers with JSON.</summary>
    public static async Task WriteAsync(HttpContext context, object answer, int status = StatusCodes.Status200OK)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Options);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers with an error in Ollama's form.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string message) => WriteAsync(context, new { error = message }, status);

    /// <summary>What the caller may do; null, and answered in Ollama's form, where it may not.</summary>
    public async Task<KeyCheck?> CheckAsync(HttpContext context, string scope)
    {
        var check = await access.CheckAsync(context, scope, count: false).ConfigureAwait(false);
        if (check.Verdict == KeyVerdict.Allowed)
            return check;
        await RefuseAsync(
                context,
                check.Verdict == KeyVerdict.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized,
                check.Message
            )
            .ConfigureAwait(false);
        return null;
    }

    private async Task<List<ProxyTarget>?> ReadAsync(HttpContext context)
    {
        if (await CheckAsync(context, Scope.Inference).ConfigureAwait(false) is not { } check)
            return null;
        var all = await models.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        return [.. all.Where(target => target.IsOpenTo(check.Key))];
    }

    private Dictionary<string, object?> Describe(ProxyTarget target, bool isRunning = false)
    {
        var facts = target.Model.Facts;
        var entry = new Dictionary<string, object?>
        {
            ["name"] = target.Name,
            ["model"] = target.Name,
            ["modified_at"] = DateTimeOffset.FromUnixTimeMilliseconds(facts.CreatedAt),
            ["size"] = facts.SizeBytes ?? 0,
            ["digest"] = Digest(target),
            ["details"] = Details(facts),
        };
        if (isRunning)
        {
            entry.Remove("modified_at");
            var vram = (long)(
                (metrics.Latest?.Instances.FirstOrDefault(sample => sample.ModelId == target.Model.Id)?.Vram ?? 0) * (1 << 20)
            );
            entry["size"] = Math.Max(facts.SizeBytes ?? 0, vram); // clients show which part of it is on the GPU
            entry["size_vram"] = vram;
            entry["expires_at"] = keepAlive.Until(target.Model.Id) ?? Never;
            if ((facts.ConfiguredContext is > 0 ? facts.ConfiguredContext : facts.TrainedContext) is { } context)
                entry["context_length"] = context; // clients read a number, or nothing
        }

        return entry;
    }

    private static object Show(ProxyTarget target)
    {
        var facts = target.Model.Facts;
        var info = new Dictionary<string, object?>
        {
            ["general.architecture"] = facts.Architecture,
            ["general.parameter_count"] = facts.ParameterCount,
            [$"{facts.Architecture ?? "llama"}.context_length"] = facts.TrainedContext,
        }
            .Where(pair => pair.Value is not null)
            .ToDictionary();
        string[] capabilities = facts.Embeds
            ? ["embedding"]
            :
            [
                "completion",
                .. facts.HasChatTemplate ? new[] { "tools" } : [],
                .. facts.Senses.Vision ? new[] { "vision" } : [],
                .. facts.Senses.Audio ? new[] { "audio" } : [],
            ];
        return new
        {
            modelfile = $"FROM {target.Model.Path}",
            parameters = target.ParametersJson ?? "",
            template = "",
            details = Details(facts),
            model_info = info,
            capabilities,
            modified_at = DateTimeOffset.FromUnixTimeMilliseconds(facts.CreatedAt),
        };
    }

    private static object Details(ProxyModelMetadata facts) =>
        new
        {
            parent_model = "",
            format = "gguf",
            family = facts.Architecture ?? "",
            families = facts.Architecture is null ? [] : new[] { facts.Architecture },
            parameter_size = facts.ParameterCount switch
            {
                null => "",
                >= 1_000_000_000 and var count => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.#}B"),
                var count => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.#}M"),
            },
            quantization_level = facts.Quantization ?? "",
        };

    // Clients only compare it: it changes when the file does.
    private static string Digest(ProxyTarget target) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{target.Model.Path}\n{target.Model.Facts.SizeBytes}\n{target.ParametersJson}"))
        );

    private static string? NameIn(ReadOnlySpan<byte> body)
    {
        try
        {
            return
                JsonNode.Parse(body) is JsonObject request
                && (request["model"] ?? request["name"]) is JsonValue name
                && name.TryGetValue<string>(out var text)
                ? text
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
