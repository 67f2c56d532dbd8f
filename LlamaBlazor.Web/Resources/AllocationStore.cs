using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>A GPU held by a model (product.md 16).</summary>
internal sealed record AllocationItem(long Id, string GpuId, string ContainerName, string Mode, double? ReservedVramMb, long AllocatedAt);

/// <summary>An allocation to make.</summary>
/// <param name="GpuId">Device name, such as CUDA0.</param>
/// <param name="ContainerName">Name of the model that may use it.</param>
/// <param name="Mode">exclusive or shared.</param>
/// <param name="ReservedVramMb">MiB promised to it.</param>
internal sealed record AllocationEdit(string? GpuId, string? ContainerName, string? Mode, double? ReservedVramMb);

/// <summary>
/// Who holds which GPU: what people reserve, and what running models have chosen on their GPU tab. The latter is brought in line with the running
/// instances as a whole, so that no crash can leave one behind.
/// </summary>
internal sealed class AllocationStore(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, InstanceBoard board, TimeProvider clock)
{
    private const string Exclusive = "exclusive";
    private const string Shared = "shared";

    /// <summary>All allocations, by device.</summary>
    public async Task<IReadOnlyList<AllocationItem>> ListAsync(CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            return await context.Set<GpuAllocationRow>().AsNoTracking().OrderBy(row => row.GpuId).ThenBy(row => row.Id).Take(1000)
                .Select(row => new AllocationItem(row.Id, row.GpuId, row.ContainerName, row.Mode, row.ReservedVramMb, row.AllocatedAt)).ToListAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reserves a device for a model. A conflict where another one has it alone.</summary>
    public async Task<Result<AllocationItem>> CreateAsync(AllocationEdit edit, CancellationToken cancellation)
    {
        if (Check(edit) is { } failure)
            return failure;
        return await writer.ExecuteAsync<Result<AllocationItem>>(async (context, token) =>
        {
            var rows = context.Set<GpuAllocationRow>();
            var mode = edit.Mode ?? Exclusive;
            var others = await rows.Where(row => row.GpuId == edit.GpuId).ToListAsync(token).ConfigureAwait(false);
            if (others.Find(row => row.ContainerName == edit.ContainerName || row.Mode == Exclusive || mode == Exclusive) is { } other)
                return Failure.Conflict($"{other.GpuId} is held by '{other.ContainerName}' ({other.Mode}). Release that first.");
            var row = new GpuAllocationRow { GpuId = edit.GpuId!, ContainerName = edit.ContainerName!, Mode = mode, ReservedVramMb = edit.ReservedVramMb, AllocatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
            rows.Add(row);
            await context.SaveChangesAsync(token).ConfigureAwait(false); // its id is wanted
            return new AllocationItem(row.Id, row.GpuId, row.ContainerName, row.Mode, row.ReservedVramMb, row.AllocatedAt);
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Releases an allocation. False when there is none with the id.</summary>
    public Task<bool> DeleteAsync(long id, CancellationToken cancellation) => writer.ExecuteAsync(async (context, token) =>
        await context.Set<GpuAllocationRow>().Where(row => row.Id == id).ExecuteDeleteAsync(token).ConfigureAwait(false) > 0, cancellation);

    /// <summary>Brings the shared allocations in line with what runs.</summary>
    public Task SyncAsync(CancellationToken cancellation) => writer.ExecuteAsync(async (context, token) =>
    {
        var running = board.Active.Where(instance => instance.Pid is not null).ToDictionary(instance => instance.ModelId, instance => instance.Model);
        var devices = await context.Set<GpuConfig>().AsNoTracking().Where(row => running.Keys.Contains(row.ModelId) && row.Device != null)
            .Select(row => new { row.ModelId, row.Device }).ToListAsync(token).ConfigureAwait(false);
        var wanted = devices.SelectMany(row => Devices(row.Device).Select(gpu => (Gpu: gpu, Holder: running[row.ModelId]))).ToHashSet();
        var rows = await context.Set<GpuAllocationRow>().ToListAsync(token).ConfigureAwait(false);
        context.RemoveRange(rows.Where(row => row.Mode == Shared && row.ReservedVramMb is null && !wanted.Contains((row.GpuId, row.ContainerName))));
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        context.AddRange(wanted.Where(pair => !rows.Exists(row => row.GpuId == pair.Gpu && row.ContainerName == pair.Holder))
            .Select(pair => new GpuAllocationRow { GpuId = pair.Gpu, ContainerName = pair.Holder, Mode = Shared, AllocatedAt = now }));
    }, cancellation);

    /// <summary>The devices that <c>--device</c> names; none for automatic and for <c>none</c>.</summary>
    public static IReadOnlyList<string> Devices(string? device) => device is null or "" or "none" ? [] : device.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Failure? Check(AllocationEdit edit)
    {
        var errors = new Dictionary<string, string[]>();
        if (edit.GpuId is not { Length: > 0 and <= 100 })
            errors["gpu_id"] = ["The name of a device, such as CUDA0. GET /api/gpus lists them."];
        if (edit.ContainerName is not { Length: > 0 and <= 300 })
            errors["container_name"] = ["The name of the model that may use it."];
        if (edit.Mode is not (null or Exclusive or Shared))
            errors["mode"] = ["exclusive or shared."];
        if (edit.ReservedVramMb is < 0 or > 16_777_216 or double.NaN)
            errors["reserved_vram_mb"] = ["From 0 to 16777216."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}
