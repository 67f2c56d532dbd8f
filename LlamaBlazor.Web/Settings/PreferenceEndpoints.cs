using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Settings;

/// <summary><c>/api/metadata</c> and <c>/api/config</c>.</summary>
internal static class PreferenceEndpoints
{
    /// <summary>Maps both.</summary>
    public static void MapPreferences(this IEndpointRouteBuilder app)
    {
        var metadata = app.MapGroup("/api/metadata").WithTags("Key/value");
        metadata.MapGet("", (PreferenceStore store, CancellationToken cancellation) => store.ListMetadataAsync(cancellation));
        metadata.MapGet(
            "/{key}",
            async (string key, PreferenceStore store, CancellationToken cancellation) =>
                (await store.GetMetadataAsync(key, cancellation)).ToApi(value => Results.Ok(new { key, value }))
        );
        metadata.MapPut(
            "/{key}",
            async (string key, MetadataValue body, PreferenceStore store, CancellationToken cancellation) =>
                (await store.SetMetadataAsync(key, body.Value, cancellation)).ToApi(value => Results.Ok(new { key, value }))
        );
        metadata.MapDelete(
            "/{key}",
            async (string key, PreferenceStore store, CancellationToken cancellation) =>
                (await store.DeleteMetadataAsync(key, cancellation)).ToApi(existed => Deleted(existed, key))
        );

        var config = app.MapGroup("/api/config").WithTags("Key/value");
        config.MapGet("", (PreferenceStore store, CancellationToken cancellation) => store.ListConfigAsync(cancellation));
        config.MapGet(
            "/{key}",
            async (string key, PreferenceStore store, CancellationToken cancellation) =>
                (await store.GetConfigAsync(key, cancellation)).ToApi(value => Results.Ok(new { key, value }))
        );
        config.MapPut(
            "/{key}",
            async (string key, ConfigValue body, PreferenceStore store, CancellationToken cancellation) =>
                (await store.SetForeignConfigAsync(key, body.Value, body.ValueType, cancellation)).ToApi(value =>
                    Results.Ok(new { key, value })
                )
        );
        config.MapDelete(
            "/{key}",
            async (string key, PreferenceStore store, CancellationToken cancellation) =>
                (await store.DeleteConfigAsync(key, cancellation)).ToApi(existed => Deleted(existed, key))
        );
    }

    private static IResult Deleted(bool existed, string key) =>
        existed ? Results.NoContent() : ApiResults.Problem(Failure.NotFound($"There is no key '{key}'."));
}

/// <summary>Body of <c>PUT /api/metadata/{key}</c>.</summary>
/// <param name="Value">Any JSON.</param>
internal sealed record MetadataValue(JsonElement Value);

/// <summary>Body of <c>PUT /api/config/{key}</c>.</summary>
/// <param name="Value">Any JSON.</param>
/// <param name="ValueType">str, int, float, bool or json; else it follows from the value.</param>
internal sealed record ConfigValue(JsonElement Value, string? ValueType);
