using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>The two key/value tables: <c>metadata</c> (text, facts of the dashboard) and <c>config</c> (typed preferences of the user).</summary>
internal sealed class PreferenceStore(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, TimeProvider clock)
{
    private const int KeyLimit = 200;
    private const int ValueLimit = 64 * 1024;

    /// <summary>All metadata by key.</summary>
    public async Task<Dictionary<string, string>> ListMetadataAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        return await context.Metadata.AsNoTracking().OrderBy(row => row.Key).Take(1000).ToDictionaryAsync(row => row.Key, row => row.Value, cancellation);
    }

    /// <summary>The value of a key of metadata.</summary>
    public async Task<Result<string>> GetMetadataAsync(string key, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var value = await context.Metadata.AsNoTracking().Where(row => row.Key == key).Select(row => row.Value).FirstOrDefaultAsync(cancellation);
        return value is null ? Missing("metadata", key) : value;
    }

    /// <summary>Sets a key of metadata.</summary>
    public async Task<Result<string>> SetMetadataAsync(string key, string? value, CancellationToken cancellation)
    {
        if (Check(key, value) is { } failure)
            return failure;
        await writer.ExecuteAsync(async (context, token) =>
        {
            var row = await context.Metadata.FindAsync([key], token);
            if (row is null)
                context.Metadata.Add(row = new MetadataRow { Key = key });
            (row.Value, row.UpdatedAt) = (value!, Now);
        }, cancellation);
        return value!;
    }

    /// <summary>Removes a key of metadata; false when there was none.</summary>
    public Task<bool> DeleteMetadataAsync(string key, CancellationToken cancellation) => writer.ExecuteAsync(
        async (context, token) => await context.Metadata.Where(row => row.Key == key).ExecuteDeleteAsync(token) > 0, cancellation);

    /// <summary>All preferences by key.</summary>
    public async Task<Dictionary<string, JsonElement>> ListConfigAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var rows = await context.Configs.AsNoTracking().OrderBy(row => row.Key).Take(1000).Select(row => new { row.Key, row.Value }).ToListAsync(cancellation);
        return rows.ToDictionary(row => row.Key, row => JsonSerializer.Deserialize<JsonElement>(row.Value));
    }

    /// <summary>The value of a preference.</summary>
    public async Task<Result<JsonElement>> GetConfigAsync(string key, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var value = await context.Configs.AsNoTracking().Where(row => row.Key == key).Select(row => row.Value).FirstOrDefaultAsync(cancellation);
        return value is null ? Missing("config", key) : JsonSerializer.Deserialize<JsonElement>(value);
    }

    /// <summary>Sets a preference; its type follows from the value.</summary>
    public async Task<Result<JsonElement>> SetConfigAsync(string key, JsonElement value, CancellationToken cancellation)
    {
        var json = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value.GetRawText();
        if (Check(key, json) is { } failure)
            return failure;
        if (ForeignJson.Parse(json!, ForeignJson.MaxNestedDepth).Failure is { } unreadable)
            return Failure.Invalid("value", ForeignJson.Words(unreadable)); // the list shows it inside other JSON
        await writer.ExecuteAsync(async (context, token) =>
        {
            var row = await context.Configs.FindAsync([key], token);
            if (row is null)
                context.Configs.Add(row = new ConfigRow { Key = key, CreatedAt = Now });
            (row.Value, row.ValueType, row.UpdatedAt) = (json!, TypeOf(value), Now);
        }, cancellation);
        return value;
    }

    /// <summary>Removes a preference; false when there was none.</summary>
    public Task<bool> DeleteConfigAsync(string key, CancellationToken cancellation) => writer.ExecuteAsync(
        async (context, token) => await context.Configs.Where(row => row.Key == key).ExecuteDeleteAsync(token) > 0, cancellation);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "str",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "int" : "float",
        _ => "json",
    };

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
