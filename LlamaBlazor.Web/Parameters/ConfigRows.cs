using System.Collections.Frozen;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Finds the row of each section, so that one loop serves all tables.</summary>
internal static class ConfigRows
{
    private static readonly FrozenDictionary<string, Func<LlamaDbContext, long, CancellationToken, Task<IConfigRecord?>>> Finders =
        new Dictionary<string, Func<LlamaDbContext, long, CancellationToken, Task<IConfigRecord?>>>
        {
            [ConfigSection.Model] = async (context, id, token) =>
                await context.Set<Model>().FirstOrDefaultAsync(row => row.Id == id, token).ConfigureAwait(false),
            [ConfigSection.Sampling] = FindAsync<SamplingConfig>,
            [ConfigSection.Memory] = FindAsync<MemoryConfig>,
            [ConfigSection.Gpu] = FindAsync<GpuConfig>,
            [ConfigSection.Advanced] = FindAsync<AdvancedConfig>,
            [ConfigSection.Lora] = FindAsync<LoraConfig>,
            [ConfigSection.Multimodal] = FindAsync<MultimodalConfig>,
            [ConfigSection.Server] = FindAsync<ServerOverride>,
            [ConfigSection.Runtime] = FindAsync<RuntimeConfig>,
        }.ToFrozenDictionary();

    /// <summary>The row of a model's section, or null when it has none yet.</summary>
    public static Task<IConfigRecord?> FindAsync(LlamaDbContext context, long modelId, string section, CancellationToken cancellation) =>
        Finders[section](context, modelId, cancellation);

    /// <summary>The row of the server settings, or null while nothing was ever set.</summary>
    public static async Task<IConfigRecord?> FindServerAsync(LlamaDbContext context, CancellationToken cancellation) =>
        await context.ServerConfigs.SingleOrDefaultAsync(cancellation).ConfigureAwait(false);

    private static async Task<IConfigRecord?> FindAsync<T>(LlamaDbContext context, long modelId, CancellationToken cancellation)
        where T : ModelConfigRecord =>
        await context.Set<T>().FirstOrDefaultAsync(row => row.ModelId == modelId, cancellation).ConfigureAwait(false);
}
