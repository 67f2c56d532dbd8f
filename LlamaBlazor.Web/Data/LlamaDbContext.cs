using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// The whole database: every table and view of acceptance.md 1.6. Migrations own the schema; columns are the property names in snake_case.
/// One context an operation, made by <see cref="IDbContextFactory{TContext}"/>; writes go through <see cref="DatabaseWriter"/>.
/// </summary>
/// <param name="options">Options of the provider.</param>
public sealed class LlamaDbContext(DbContextOptions<LlamaDbContext> options) : DbContext(options)
{
    internal DbSet<Model> Models => Set<Model>();

    internal DbSet<FitParams> FitParams => Set<FitParams>();

    internal DbSet<ServerConfig> ServerConfigs => Set<ServerConfig>();

    internal DbSet<ContainerInstanceRow> Instances => Set<ContainerInstanceRow>();

    internal DbSet<MetadataRow> Metadata => Set<MetadataRow>();

    internal DbSet<ConfigRow> Configs => Set<ConfigRow>();

    internal DbSet<LaunchSettingsRow> LaunchSettings => Set<LaunchSettingsRow>();

    internal DbSet<SchemaVersionRow> SchemaVersions => Set<SchemaVersionRow>();

    internal DbSet<AuditRow> Audit => Set<AuditRow>();

    internal DbSet<IgnoredFileRow> IgnoredFiles => Set<IgnoredFileRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(LlamaDbContext).Assembly);
        modelBuilder.HasDbFunction(typeof(SqliteText).GetMethod(nameof(SqliteText.ByteCount))!).HasTranslation(SqliteText.Translate);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            var named = (property as IConventionProperty)?.GetColumnNameConfigurationSource() == ConfigurationSource.Explicit;
            if (!named)
                property.SetColumnName(ColumnMap.SnakeCase(property.Name));
        }
    }
}
