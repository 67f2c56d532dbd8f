using System.Security.Cryptography;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Makes models complete: a row of <c>models</c> and exactly one row in each table that belongs to it (acceptance S0.25).</summary>
internal static class ModelRows
{
    private const string UidAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>A model without settings.</summary>
    public static Model New(string name, long now) => new()
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

    private static ModelConfigRecord[] Configs(Model model)
    {
        ModelConfigRecord[] rows = [new SamplingConfig(), new MemoryConfig(), new GpuConfig(), new AdvancedConfig(), new LoraConfig(), new MultimodalConfig(), new FitParams(), new RuntimeConfig(), new ServerOverride()];
        foreach (var row in rows)
            (row.ModelId, row.CreatedAt, row.UpdatedAt) = (model.Id, model.CreatedAt, model.CreatedAt);
        return rows;
    }
}
