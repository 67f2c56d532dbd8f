using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>What is asked for when a key is made.</summary>
internal sealed record NewKey
{
    /// <summary>For people; 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Words of <see cref="Scope"/>; inference when left out.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Models it may ask; all when left out.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Project it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>Limit; none when left out.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Limit; none when left out.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Place in the queue; higher is sooner.</summary>
    public long Priority { get; init; }

    /// <summary>Unix milliseconds; never when left out.</summary>
    public long? ExpiresAt { get; init; }
}

/// <summary>A key as it is shown.</summary>
internal sealed record KeyAnswer(
    long Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string>? Models,
    string? Project,
    long? RequestsPerMinute,
    long? TokensPerMinute,
    long Priority,
    long? ExpiresAt,
    long? LastUsedAt,
    long CreatedAt,
    long? RevokedAt,
    string? Secret = null
)
{
    /// <summary>Describes a row.</summary>
    public static KeyAnswer Of(ApiKeyRow row, string? secret = null) =>
        new(
            row.Id,
            row.Name,
            row.Prefix,
            row.Scopes.Split(','),
            row.Models is null ? null : JsonSerializer.Deserialize<string[]>(row.Models),
            row.Project,
            row.RequestsPerMinute,
            row.TokensPerMinute,
            row.Priority,
            row.ExpiresAt,
            row.LastUsedAt,
            row.CreatedAt,
            row.RevokedAt,
            secret
        );
}

/// <summary>Makes, lists and revokes keys. A secret is returned once and never again.</summary>
internal sealed partial class KeyStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    KeyRing ring,
    TimeProvider clock,
    ILogger<KeyStore> logger
)
{
    private const int NameLimit = 100;
    private const int KeyLimit = 1000;

    /// <summary>All keys, newest first; revoked ones too, since statistics name them.</summary>
    public async Task<IReadOnlyList<KeyAnswer>> ListAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<KeyAnswer>>(
                async context =>
                {
                    var rows = await context
                        .Set<ApiKeyRow>()
                        .OrderByDescending(row => row.Id)
                        .Take(KeyLimit)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return [.. rows.Select(row => KeyAnswer.Of(row))];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Names of the projects a key may belong to.</summary>
    public async Task<IReadOnlyList<string>> ProjectsAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<string>>(
                async context =>
                {
                    var named = await context
                        .Set<ProjectQuotaRow>()
                        .OrderBy(row => row.ProjectPath)
                        .Select(row => row.ProjectPath)
                        .Take(KeyLimit)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return [ProjectQuota.Default, .. named.Where(name => name != ProjectQuota.Default)];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Makes a key. The answer holds its secret.</summary>
    public async Task<Result<KeyAnswer>> CreateAsync(NewKey wanted, CancellationToken cancellation)
    {
        if (Check(wanted) is { } failure)
            return failure;
        if (
            wanted.Project?.Trim() is { Length: > 0 } project
            && !(await ProjectsAsync(cancellation).ConfigureAwait(false)).Contains(project, StringComparer.OrdinalIgnoreCase)
        )
            return Failure.Invalid("project", $"There is no project '{project}'. Make it on the page Resources, or leave it out.");
        var secret = KeySecret.Create();
        var row = new ApiKeyRow
        {
            Name = wanted.Name!.Trim(),
            Hash = KeySecret.Hash(secret),
            Prefix = secret[..KeySecret.ShownLength],
            Scopes = string.Join(',', (wanted.Scopes ?? [Scope.Inference]).Distinct()),
            Models = wanted.Models is { Count: > 0 } models
                ? JsonSerializer.Serialize(models.Select(model => model.Trim()).Distinct(StringComparer.OrdinalIgnoreCase))
                : null,
            Project = string.IsNullOrWhiteSpace(wanted.Project) ? null : wanted.Project.Trim(),
            RequestsPerMinute = wanted.RequestsPerMinute,
            TokensPerMinute = wanted.TokensPerMinute,
            Priority = wanted.Priority,
            ExpiresAt = wanted.ExpiresAt,
            CreatedAt = Now,
        };
        await writer
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Add(row);
                    context.Audit.Add(AuditOf("key.create", row.Name));
                    return context.Set<MetadataRow>().Where(fact => fact.Key == KeyRing.OpenKey).ExecuteDeleteAsync(cancellation);
                },
                cancellation
            )
            .ConfigureAwait(false);
        await ring.ReloadAsync(cancellation).ConfigureAwait(false);
        return KeyAnswer.Of(row, secret);
    }

    /// <summary>Revokes a key at once; requests under way with it go on. False when there is none in force.</summary>
    public async Task<bool> RevokeAsync(long id, CancellationToken cancellation)
    {
        var revoked = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context
                        .Set<ApiKeyRow>()
                        .FirstOrDefaultAsync(key => key.Id == id && key.RevokedAt == null, token)
                        .ConfigureAwait(false);
                    if (row is null)
                        return false;
                    row.RevokedAt = Now;
                    context.Audit.Add(AuditOf("key.revoke", row.Name));
                    return true;
                },
                cancellation
            )
            .ConfigureAwait(false);
        await ring.ReloadAsync(cancellation).ConfigureAwait(false);
        return revoked;
    }

    /// <summary>Lets every program of this machine in without a key, where none is in force. False while one is.</summary>
    public async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        var opened = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    if (await context.Set<ApiKeyRow>().AnyAsync(key => key.RevokedAt == null, token).ConfigureAwait(false))
                        return false;
                    if (!await context.Set<MetadataRow>().AnyAsync(fact => fact.Key == KeyRing.OpenKey, token).ConfigureAwait(false))
                        context.Add(
                            new MetadataRow
                            {
                                Key = KeyRing.OpenKey,
                                Value = "true",
                                UpdatedAt = Now,
                            }
                        );
                    context.Audit.Add(AuditOf("key.open", "endpoint"));
                    return true;
                },
                cancellation
            )
            .ConfigureAwait(false);
        await ring.ReloadAsync(cancellation).ConfigureAwait(false);
        return opened;
    }

    /// <summary>Whether requests need a key.</summary>
    public ValueTask<KeyState> StateAsync(CancellationToken cancellation) => ring.StateAsync(cancellation);

    /// <summary>Notes that a key was used; at most once a minute, and nobody waits for it.</summary>
    public void NoteUse(long id)
    {
        if (id > 0 && ring.ShouldSaveUse(id))
            _ = SaveUseAsync(id);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private Failure? Check(NewKey wanted)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(wanted.Name) || wanted.Name.Length > NameLimit || wanted.Name.Any(char.IsControl))
            errors["name"] = [$"1 to {NameLimit} characters, such as the program that will use the key."];
        if (wanted.Scopes is { } scopes && (scopes.Count == 0 || scopes.Any(scope => !Scope.All.Contains(scope))))
            errors["scopes"] = [$"One or more of {string.Join(", ", Scope.All)}."];
        if (wanted.Models is { Count: > 1000 })
            errors["models"] = ["At most 1000 models. Leave it out for all."];
        if (wanted.RequestsPerMinute is < 1)
            errors["requests_per_minute"] = ["At least 1. Leave it out for no limit."];
        if (wanted.TokensPerMinute is < 1)
            errors["tokens_per_minute"] = ["At least 1. Leave it out for no limit."];
        if (wanted.ExpiresAt <= Now)
            errors["expires_at"] = ["A time to come, in Unix milliseconds. Leave it out for never."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    private AuditRow AuditOf(string action, string name) =>
        new()
        {
            Action = action,
            ResourceType = "api_key",
            Details = name,
            CreatedAt = Now,
        };

    private async Task SaveUseAsync(long id)
    {
        try
        {
            var now = Now;
            await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .Set<ApiKeyRow>()
                            .Where(row => row.Id == id)
                            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now), token)
                )
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogUseNotSaved(id, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The last use of key {Id} could not be saved")]
    private partial void LogUseNotSaved(long id, Exception error);
}
