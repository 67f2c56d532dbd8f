using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// Writes into <c>audit_log</c> what each save changes of what people decide (models, settings, preferences, projects, templates, aliases),
/// with the values
/// before and after and without secrets: in the same transaction, whoever saves. Changes without the change tracker are noted by
/// <see cref="AuditExtensions.Note"/>.
/// </summary>
internal sealed class AuditInterceptor(TimeProvider clock) : SaveChangesInterceptor
{
    /// <summary>Models added or removed by one save that get a row each; more of them share one.</summary>
    private const int RowsBound = 20;

    private const int ValueBound = 300;
    private const string Hidden = "***";

    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        nameof(ConfigRecord.Id),
        nameof(ConfigRecord.Revision),
        nameof(ConfigRecord.CreatedAt),
        nameof(ConfigRecord.UpdatedAt),
        nameof(ModelConfigRecord.ModelId),
        nameof(ProjectQuotaRow.CurrentContainers),
        nameof(ProjectQuotaRow.CurrentCpuCores),
        nameof(ProjectQuotaRow.CurrentGpus),
        nameof(ProjectQuotaRow.CurrentMemoryGb),
        nameof(UserRow.LastLoginAt),
    };

    // Of a model: what its file or its engine says, and nobody decides.
    private static readonly HashSet<string> Found = new(StringComparer.Ordinal)
    {
        nameof(Model.Uid),
        nameof(Model.Status),
        nameof(Model.RuntimeStatus),
        nameof(Model.FileMissing),
        nameof(Model.FirstSeenAt),
        nameof(Model.LastUsedAt),
        nameof(Model.FitParamsAvailable),
        nameof(Model.LastFitParamsCheck),
        nameof(Model.FileSizeBytes),
        nameof(Model.FileModifiedAt),
        nameof(Model.Fingerprint),
        nameof(Model.Format),
        nameof(Model.Architecture),
        nameof(Model.ParameterCount),
        nameof(Model.Params),
        nameof(Model.Quantization),
        nameof(Model.FileType),
        nameof(Model.ContextLength),
        nameof(Model.EmbeddingSize),
        nameof(Model.BlockCount),
        nameof(Model.HeadCount),
        nameof(Model.HeadCountKv),
        nameof(Model.FfnDim),
        nameof(Model.VocabSize),
        nameof(Model.SplitCount),
        nameof(Model.SplitMissing),
        nameof(Model.ProjectorPath),
        nameof(Model.ChatTemplateText),
        nameof(Model.MetadataJson),
        nameof(Model.Role),
        nameof(Model.Type),
    };

    /// <inheritdoc/>
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Write(eventData.Context!);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        Write(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private void Write(DbContext context)
    {
        if (!context.ChangeTracker.AutoDetectChangesEnabled)
            return; // rows of loops, inserted in bulk
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var changed = context
            .ChangeTracker.Entries()
            .Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .ToList();
        foreach (var noted in changed.Select(entry => entry.Entity).OfType<AuditRow>().Where(row => row.CreatedAt == 0))
            noted.CreatedAt = now;
        var rows = changed.Select(Read).OfType<AuditRow>().ToList();
        foreach (var group in rows.GroupBy(row => (row.Action, row.ResourceType)))
        {
            IReadOnlyList<AuditRow> noted = [.. group];
            context.AddRange(
                (noted.Count > RowsBound ? [Summary(group.Key.Action, group.Key.ResourceType, noted)] : noted).Select(row =>
                    Dated(row, now)
                )
            );
        }
    }

    private static AuditRow Dated(AuditRow row, long now)
    {
        row.CreatedAt = now;
        return row;
    }

    private static AuditRow Summary(string action, string type, IReadOnlyList<AuditRow> rows) =>
        new()
        {
            Action = action,
            ResourceType = type,
            Details = JsonSerializer.Serialize(new { count = rows.Count, first = rows.Take(RowsBound).Select(row => row.ResourceId) }),
        };

    private static AuditRow? Read(EntityEntry entry)
    {
        if (Kind(entry) is not var (type, id))
            return null;
        var changes = Changes(entry);
        if (changes.Count == 0 && entry.State == EntityState.Modified)
            return null; // nothing that anybody decided
        var verb = entry.State switch
        {
            EntityState.Added => "create",
            EntityState.Deleted => "delete",
            _ => "update",
        };
        return new AuditRow
        {
            Action = $"{type}.{verb}",
            ResourceType = type,
            ResourceId = id,
            Details =
                changes.Count == 0
                    ? null
                    : JsonSerializer.Serialize(
                        new { section = entry.Entity is ConfigRecord ? entry.Metadata.GetTableName() : null, changes }
                    ),
        };
    }

    // What the row is one of, and which; null for what is not decided by people. New rows have no number yet: they go by their name.
    private static (string Type, string? Id)? Kind(EntityEntry entry) =>
        entry.Entity switch
        {
            Model model => ("model", model.Name),
            ModelConfigRecord when entry.State != EntityState.Modified => null, // made and removed with its model
            FitParams => null,
            ModelConfigRecord config => ("model_config", config.ModelId.ToString(CultureInfo.InvariantCulture)),
            ServerConfig => ("server_config", null),
            LaunchSettingsRow settings => ("launch_settings", settings.Key),
            MetadataRow metadata => MetadataKeys.IsOwn(metadata.Key) ? null : ("metadata", metadata.Key),
            ConfigRow config => ("config", config.Key),
            ProjectQuotaRow project => ("project", project.ProjectPath),
            ParameterTemplateRow template => ("template", template.Name),
            ModelAliasRow alias => ("alias", alias.Name),
            IgnoredFileRow file => ("ignored_file", file.Path),
            UserRow user => ("user", user.Name),
            AlertRow alert => ("alert", alert.Id == 0 ? null : alert.Id.ToString(CultureInfo.InvariantCulture)),
            _ => null,
        };

    private static Dictionary<string, object?> Changes(EntityEntry entry)
    {
        var changes = new Dictionary<string, object?>();
        foreach (var property in entry.Properties)
        {
            var name = property.Metadata.Name;
            if (Silent.Contains(name) || (entry.Entity is Model && Found.Contains(name)))
                continue;
            var column = property.Metadata.GetColumnName();
            var (before, after) = (
                entry.State == EntityState.Added ? null : Show(column, entry, property.OriginalValue),
                entry.State == EntityState.Deleted ? null : Show(column, entry, property.CurrentValue)
            );
            if (
                entry.State == EntityState.Modified
                    ? property.IsModified && !Equals(property.OriginalValue, property.CurrentValue)
                    : before is not null || after is not null
            )
                changes[column] = new { before, after };
        }

        return changes;
    }

    private static object? Show(string column, EntityEntry entry, object? value)
    {
        if (value is not string text)
            return value;
        var key = entry.Entity switch
        {
            LaunchSettingsRow row => row.Key,
            MetadataRow row => row.Key,
            ConfigRow row => row.Key,
            _ => column,
        };
        if (
            text.Contains("protected:", StringComparison.Ordinal)
            || column == "password_hash"
            || (column == "value" && SecretWords.IsSecret(key))
        )
            return Hidden;
        var safe = (string)SecretWords.Replace(column, text, _ => Hidden)!;
        return safe.Length > ValueBound ? $"{safe[..ValueBound]}… ({safe.Length} characters)" : safe;
    }
}

/// <summary>Notes actions inside an edit, with it or not at all.</summary>
internal static class AuditExtensions
{
    /// <summary>Notes an action that the change tracker does not see.</summary>
    /// <param name="context">The context of the edit.</param>
    /// <param name="action">What, such as <c>cache.clear</c>.</param>
    /// <param name="type">Of what.</param>
    /// <param name="id">Which, or null.</param>
    /// <param name="details">More about it, without secrets.</param>
    public static void Note(this LlamaDbContext context, string action, string type, object? id, object? details = null) =>
        context.Audit.Add(
            new AuditRow
            {
                Action = action,
                ResourceType = type,
                ResourceId = Convert.ToString(id, CultureInfo.InvariantCulture),
                Details = details is null ? null : JsonSerializer.Serialize(details),
            }
        );
}
