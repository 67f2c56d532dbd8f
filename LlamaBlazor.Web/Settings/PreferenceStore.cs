using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>The two key/value tables: <c>metadata</c> (text, facts of the dashboard) and <c>config</c> (typed preferences of the
/// user).</summary>
internal sealed class PreferenceStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    Broadcast<PreferencesChanged> changes,
    TimeProvider clock
)
{
    private const int KeyLimit = 200;
    private const int ValueLimit = 64 * 1024;

    /// <summary>All metadata by key.</summary>
    public async Task<Dictionary<string, JsonElement>> ListMetadataAsync(CancellationToken cancellation)
    {
        var rows = await contexts
            .ReadAsync(
                context =>
                    context.Metadata.OrderBy(row => row.Key).Take(1000).Select(row => new { row.Key, row.Value }).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
        return rows.ToDictionary(row => row.Key, row => PreferenceText.ReadMetadata(row.Key, row.Value));
    }

    /// <summary>The value of a key of metadata.</summary>
    public async Task<Result<JsonElement>> GetMetadataAsync(string key, CancellationToken cancellation)
    {
        var value = await contexts
            .ReadAsync(
                context => context.Metadata.Where(row => row.Key == key).Select(row => row.Value).FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
        return value is null ? Missing("metadata", key) : PreferenceText.ReadMetadata(key, value);
    }

    /// <summary>Sets a key of metadata, to any JSON. A conflict for those the dashboard keeps for itself.</summary>
    public async Task<Result<JsonElement>> SetMetadataAsync(string key, JsonElement value, CancellationToken cancellation)
    {
        var text = PreferenceText.WriteMetadata(value);
        if ((Check(key, text) ?? PreferenceText.RefuseMetadata(key, value)) is { } failure)
            return failure;
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.Metadata.FindAsync([key], token).ConfigureAwait(false);
                    if (row is null)
                        context.Metadata.Add(row = new MetadataRow { Key = key });
                    (row.Value, row.UpdatedAt) = (text!, Now);
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (key == MetadataKeys.Theme)
            changes.Publish(new PreferencesChanged());
        return value;
    }

    /// <summary>Removes a key of metadata; false when there was none. A conflict for those the dashboard keeps for itself.</summary>
    public async Task<Result<bool>> DeleteMetadataAsync(string key, CancellationToken cancellation)
    {
        if (PreferenceText.RefuseMetadata(key, null) is { } own)
            return own;
        return await RemoveAsync<MetadataRow>(key, cancellation).ConfigureAwait(false);
    }

    /// <summary>All preferences by key.</summary>
    public async Task<Dictionary<string, JsonElement>> ListConfigAsync(CancellationToken cancellation)
    {
        var rows = await contexts
            .ReadAsync(
                context =>
                    context.Configs.OrderBy(row => row.Key).Take(1000).Select(row => new { row.Key, row.Value }).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
        return rows.ToDictionary(row => row.Key, row => JsonSerializer.Deserialize<JsonElement>(row.Value));
    }

    /// <summary>The value of a preference.</summary>
    public async Task<Result<JsonElement>> GetConfigAsync(string key, CancellationToken cancellation)
    {
        var value = await contexts
            .ReadAsync(
                context => context.Configs.Where(row => row.Key == key).Select(row => row.Value).FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
        return value is null ? Missing("config", key) : JsonSerializer.Deserialize<JsonElement>(value);
    }

    /// <summary>Sets a preference of somebody else than the dashboard. A conflict for its own settings, which have rules.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Any JSON.</param>
    /// <param name="type">str, int, float, bool or json, into which the value is turned where nothing is lost; null takes the value's
    /// own.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<JsonElement>> SetForeignConfigAsync(
        string key,
        JsonElement value,
        string? type,
        CancellationToken cancellation
    )
    {
        if (PreferenceText.RefuseConfig(key) is { } own)
            return own;
        if (type is null)
            return await SetConfigAsync(key, value, cancellation).ConfigureAwait(false);
        var turned = PreferenceText.Turn(value, type);
        return turned.IsSuccess ? await SetConfigAsync(key, turned.Value, cancellation, type).ConfigureAwait(false) : turned;
    }

    /// <summary>Sets a preference; its type follows from the value where none is given.</summary>
    public async Task<Result<JsonElement>> SetConfigAsync(
        string key,
        JsonElement value,
        CancellationToken cancellation,
        string? type = null
    )
    {
        var json = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value.GetRawText();
        if (Check(key, json) is { } failure)
            return failure;
        if (ForeignJson.Parse(json!, ForeignJson.MaxNestedDepth).Failure is { } unreadable)
            return Failure.Invalid("value", ForeignJson.Words(unreadable)); // the list shows it inside other JSON
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.Configs.FindAsync([key], token).ConfigureAwait(false);
                    if (row is null)
                        context.Configs.Add(row = new ConfigRow { Key = key, CreatedAt = Now });
                    (row.Value, row.ValueType, row.UpdatedAt) = (json!, type ?? PreferenceText.TypeOf(value), Now);
                },
                cancellation
            )
            .ConfigureAwait(false);
        return value;
    }

    /// <summary>Removes a preference; false when there was none. A conflict for the dashboard's own.</summary>
    public async Task<Result<bool>> DeleteConfigAsync(string key, CancellationToken cancellation)
    {
        if (PreferenceText.RefuseConfig(key) is { } own)
            return own;
        return await RemoveAsync<ConfigRow>(key, cancellation).ConfigureAwait(false);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<bool> RemoveAsync<T>(string key, CancellationToken cancellation)
        where T : class =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Set<T>().FindAsync([key], token).ConfigureAwait(false) is not { } row)
                    return false;
                context.Remove(row);
                return true;
            },
            cancellation
        );

    private static Failure? Check(string key, string? value)
    {
        if (key.Length is 0 or > KeyLimit || key.Any(char.IsControl))
            return Failure.Invalid("key", $"A key has 1 to {KeyLimit} characters and no control characters.");
        return value switch
        {
            null => Failure.Invalid("value", "Send {\"value\": …}; to remove the key, use DELETE."),
            { Length: > ValueLimit } => Failure.Invalid("value", $"A value has at most {ValueLimit} characters."),
            _ => null,
        };
    }

    private static Failure Missing(string table, string key) => Failure.NotFound($"There is no key '{key}' in {table}.");
}
