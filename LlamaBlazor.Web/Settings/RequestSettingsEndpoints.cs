using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Settings;

/// <summary><c>/api/request-settings</c>: what is kept of requests.</summary>
internal static class RequestSettingsEndpoints
{
    /// <summary>Maps <c>/api/request-settings</c> and what lies below.</summary>
    public static void MapRequestSettings(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/request-settings").WithTags("Settings");
        group.MapGet("", (RequestKeepingAccess store) => Answer(store.Current, store));
        group.MapPatch("", PatchAsync).Produces<RequestSettingsAnswer>();
    }

    // Settings that are not named stay.
    private static async Task<IResult> PatchAsync(JsonElement body, RequestKeepingAccess store, CancellationToken cancellation)
    {
        if (body.ValueKind is not JsonValueKind.Object)
            return ApiResults.Invalid("body", "An object with the settings to change.");
        var errors = new Dictionary<string, string[]>();
        RequestKeeping Change(RequestKeeping keeping)
        {
            foreach (var property in body.EnumerateObject())
                keeping = Take(keeping, property, errors);
            return keeping;
        }

        Change(store.Current);
        if (errors.Count > 0)
            return ApiResults.Problem(Failure.Invalid(errors));
        var saved = await store.SaveAsync(Change, cancellation: cancellation);
        return saved.ToApi(now => Results.Ok(Answer(now, store)));
    }

    private static RequestKeeping Take(RequestKeeping keeping, JsonProperty property, Dictionary<string, string[]> errors)
    {
        var (name, value) = (property.Name, property.Value);
        var number = value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var whole) ? whole : (long?)null;
        switch (name)
        {
            case "store_prompts" when value.ValueKind is JsonValueKind.String:
                return keeping with { StorePrompts = value.GetString()! };
            case "cache_ttl_seconds" when number is { } seconds:
                return keeping with { CacheTtlSeconds = seconds };
            case "cache_max_size_mb" when number is { } size:
                return keeping with { CacheMaxSizeMb = size };
            case "store_prompts":
                errors[name] = [$"One of {string.Join(", ", RequestKeeping.Levels)}."];
                break;
            case "cache_ttl_seconds" or "cache_max_size_mb":
                errors[name] = ["A whole number."];
                break;
            default:
                errors[name] = ["Only store_prompts, cache_ttl_seconds and cache_max_size_mb can be changed."];
                break;
        }

        return keeping;
    }

    private static RequestSettingsAnswer Answer(RequestKeeping keeping, RequestKeepingAccess store) =>
        new(keeping.StorePrompts, keeping.CacheTtlSeconds, keeping.CacheMaxSizeMb, [.. store.Locked]);
}

/// <summary>What is kept of requests, and the names of the settings that are locked.</summary>
/// <param name="StorePrompts">none, preview or full.</param>
/// <param name="CacheTtlSeconds">Seconds a cached answer is kept; 0 is for ever.</param>
/// <param name="CacheMaxSizeMb">MiB of all cached answers together.</param>
/// <param name="Locked">Those the environment or the command line sets.</param>
internal sealed record RequestSettingsAnswer(string StorePrompts, long CacheTtlSeconds, long CacheMaxSizeMb, IReadOnlyList<string> Locked);
