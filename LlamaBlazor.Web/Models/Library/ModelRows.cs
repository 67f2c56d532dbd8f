using System.Security.Cryptography;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Makes models complete: a row of <c>models</c> and exactly one row in each table that belongs to it (acceptance
/// S0.25).</summary>
internal static class ModelRows
{
    private const int IdBound = 500; // in one statement

    private const string UidAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>A model without settings.</summary>
    public static Model New(string name, long now) =>
        new()
        {
            Uid = $"model_{now}_{RandomNumberGenerator.GetString(UidAlphabet, 9)}",
            Name = name,
            Type = "custom",
            CreatedAt = now,
            UpdatedAt = now,
            FirstSeenAt = now,
        };

    /// <summary>Inserts models with their configuration; inside the transaction of the caller.</summary>
    public static async Task AddAsync(LlamaDbContext context, IReadOnlyCollection<Model> models, CancellationToken cancellation)
    {
        context.Models.AddRange(models);
        await context.SaveChangesAsync(cancellation).ConfigureAwait(false); // gives the ids
        foreach (var model in models)
            context.AddRange(Configs(model));
    }

    /// <summary>Removes models and ends the rows of their instances; inside the transaction of the caller. Their names.</summary>
    public static async Task<List<string>> DeleteAsync(LlamaDbContext context, long[] ids, long now, CancellationToken cancellation)
    {
        var names = await context
            .Models.Where(model => ids.Contains(model.Id))
            .OrderBy(model => model.Id)
            .Select(model => model.Name)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        await context
            .Instances.Where(row => row.ModelId != null && ids.Contains(row.ModelId.Value))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.Status, ContainerInstanceRow.Deleted)
                        .SetProperty(row => row.Pid, (long?)null)
                        .SetProperty(row => row.StoppedAt, row => row.StoppedAt ?? now),
                cancellation
            )
            .ConfigureAwait(false);
        await context.Models.Where(model => ids.Contains(model.Id)).ExecuteDeleteAsync(cancellation).ConfigureAwait(false);
        if (names.Count > 0)
            context.Note("model.delete", "model", names.Count == 1 ? names[0] : null, new { models = names.Take(50), count = names.Count });
        return names;
    }

    /// <summary>
    /// The same for the many models of a scan, whose configuration nobody goes on with: one statement a table instead of a row at a
    /// time through the change
    /// tracker, which was half of all work of a first scan.
    /// </summary>
    public static async Task AddManyAsync(LlamaDbContext context, IReadOnlyCollection<Model> models, CancellationToken cancellation)
    {
        context.Models.AddRange(models);
        await context.SaveChangesAsync(cancellation).ConfigureAwait(false); // gives the ids
        foreach (var ids in models.Select(model => model.Id).Chunk(IdBound))
        {
            foreach (var row in Rows())
            {
                var (sql, values) = Insert(context, row, ids);
                await context.Database.ExecuteSqlRawAsync(sql, values, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static (string Sql, List<object> Values) Insert(LlamaDbContext context, ModelConfigRecord row, IEnumerable<long> ids)
    {
        var type = context.Model.FindEntityType(row.GetType())!;
        var (columns, sources, values) = (new List<string>(), new List<string>(), new List<object>());
        foreach (var property in type.GetProperties().Where(property => !property.IsPrimaryKey()))
        {
            var source = property.Name switch
            {
                nameof(ModelConfigRecord.ModelId) => "id",
                nameof(ModelConfigRecord.CreatedAt) or nameof(ModelConfigRecord.UpdatedAt) => "created_at",
                _ when property.PropertyInfo?.GetValue(row) is { } usual => Parameter(
                    property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(usual)! : usual
                ),
                _ => null,
            };
            if (source is null)
                continue;
            columns.Add($"\"{property.GetColumnName()}\"");
            sources.Add(source);
        }

        // Names of tables and columns are the program's own, and ids are numbers.
        return (
            $"INSERT INTO \"{type.GetTableName()}\" ({string.Join(", ", columns)}) SELECT {string.Join(", ", sources)} FROM models "
                + $"WHERE id IN ({string.Join(',', ids)})",
            values
        );

        string Parameter(object value)
        {
            values.Add(value);
            return $"{{{values.Count - 1}}}";
        }
    }

    private static ModelConfigRecord[] Configs(Model model)
    {
        var rows = Rows();
        foreach (var row in rows)
            (row.ModelId, row.CreatedAt, row.UpdatedAt) = (model.Id, model.CreatedAt, model.CreatedAt);
        return rows;
    }

    private static ModelConfigRecord[] Rows() =>
        [
            new SamplingConfig(),
            new MemoryConfig(),
            new GpuConfig(),
            new AdvancedConfig(),
            new LoraConfig(),
            new MultimodalConfig(),
            new FitParams(),
            new RuntimeConfig(),
            new ServerOverride(),
        ];
}
