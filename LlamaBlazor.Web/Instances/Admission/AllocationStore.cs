using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>A GPU held by a model (product.md 16).</summary>
internal sealed record AllocationItem(long Id, string GpuId, string ContainerName, string Mode, double? ReservedVramMb, long AllocatedAt);

/// <summary>An allocation to make.</summary>
/// <param name="GpuId">Device name, such as CUDA0; a number is read as its text (the seed's type).</param>
/// <param name="ContainerName">Name of the model that may use it.</param>
/// <param name="Mode">exclusive or shared.</param>
/// <param name="ReservedVramMb">MiB promised to it.</param>
internal sealed record AllocationEdit(
    [property: JsonConverter(typeof(TextOrNumber))] string? GpuId,
    string? ContainerName,
    string? Mode,
    double? ReservedVramMb
);

/// <summary>
/// Who holds which GPU: what people reserve, and what starts took. The rows of starts are noted by their ids, so that those of an earlier
/// run, however it
/// ended, are released at the next start, and those of people never.
/// </summary>
internal sealed class AllocationStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    DatabaseState database,
    TimeProvider clock
) : IDisposable
{
    /// <summary>Nobody else may have it.</summary>
    public const string Exclusive = "exclusive";

    /// <summary>Key of metadata with the ids of the rows that starts took.</summary>
    public const string TakenKey = "gpu_allocations_taken";

    /// <summary>What a setting says that wants no device.</summary>
    public const string None = "none";

    private const string Shared = "shared";

    private readonly SemaphoreSlim _turn = new(1, 1); // so that what is noted below is what was committed last

    // rows by model, one entry a place
    private ImmutableDictionary<long, ImmutableArray<long>> _taken = ImmutableDictionary<long, ImmutableArray<long>>.Empty;
    private bool _isSynced;
    private int _generation;

    /// <summary>True when a start took it, and not people.</summary>
    public bool IsTaken(long id) => Volatile.Read(ref _taken).Values.Any(ids => ids.Contains(id));

    /// <summary>All allocations, by device.</summary>
    public async Task<IReadOnlyList<AllocationItem>> ListAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<GpuAllocationRow>()
                        .OrderBy(row => row.GpuId)
                        .ThenBy(row => row.Id)
                        .Take(1000)
                        .Select(row => new AllocationItem(
                            row.Id,
                            row.GpuId,
                            row.ContainerName,
                            row.Mode,
                            row.ReservedVramMb,
                            row.AllocatedAt
                        ))
                        .ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Reserves a device for a model. A conflict where another one has it alone, or less of its memory is left.</summary>
    /// <param name="edit">The device by its id, and the model by its name.</param>
    /// <param name="totalMib">Memory of the device, or null where nobody tells.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<AllocationItem>> CreateAsync(AllocationEdit edit, double? totalMib, CancellationToken cancellation)
    {
        if (Check(edit) is { } failure)
            return failure;
        return await writer
            .ExecuteAsync<Result<AllocationItem>>(
                async (context, token) =>
                {
                    var rows = context.Set<GpuAllocationRow>();
                    var mode = edit.Mode ?? Exclusive;
                    var others = await rows.Where(row => row.GpuId == edit.GpuId).ToListAsync(token).ConfigureAwait(false);
                    if (
                        others.Find(row => row.ContainerName == edit.ContainerName || row.Mode == Exclusive || mode == Exclusive) is
                        { } other
                    )
                        return Failure.Conflict($"{other.GpuId} is held by '{other.ContainerName}' ({other.Mode}). Release that first.");
                    if (totalMib is { } total && edit.ReservedVramMb > total - others.Sum(held => held.ReservedVramMb ?? 0))
                        return TooMuch(edit, total, [.. others.Where(held => held.ReservedVramMb > 0)]);
                    var row = new GpuAllocationRow
                    {
                        GpuId = edit.GpuId!,
                        ContainerName = edit.ContainerName!,
                        Mode = mode,
                        ReservedVramMb = edit.ReservedVramMb,
                        AllocatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    };
                    rows.Add(row);
                    context.Note(
                        "allocation.create",
                        "allocation",
                        row.GpuId,
                        new
                        {
                            row.GpuId,
                            row.ContainerName,
                            row.Mode,
                            row.ReservedVramMb,
                        }
                    );
                    await context.SaveChangesAsync(token).ConfigureAwait(false); // its id is wanted
                    return new AllocationItem(row.Id, row.GpuId, row.ContainerName, row.Mode, row.ReservedVramMb, row.AllocatedAt);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Releases an allocation. False when there is none with the id.</summary>
    public Task<bool> DeleteAsync(long id, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Set<GpuAllocationRow>().FindAsync([id], token).ConfigureAwait(false) is not { } row)
                    return false;
                context.Remove(row);
                context.Note(
                    "allocation.delete",
                    "allocation",
                    row.GpuId,
                    new
                    {
                        row.GpuId,
                        row.ContainerName,
                        row.Mode,
                        row.ReservedVramMb,
                    }
                );
                return true;
            },
            cancellation
        );

    /// <summary>Takes the GPUs of a start, in one transaction with the look at who else has them. A conflict names the holder.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="name">Its name.</param>
    /// <param name="shares">The devices, each with the memory it is expected to need there.</param>
    /// <param name="isExclusive">True when nobody else may have them.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Failure?> TakeAsync(
        long modelId,
        string name,
        IReadOnlyDictionary<string, long> shares,
        bool isExclusive,
        CancellationToken cancellation
    )
    {
        var gpus = shares.Keys.ToList();
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ForgetReplaced();
            var (failure, taken) = await writer
                .ExecuteAsync(
                    async (context, token) =>
                    {
                        var left = await ReleaseAsync(context, [modelId], token).ConfigureAwait(false);
                        var rows = await context
                            .Set<GpuAllocationRow>()
                            .Where(row => gpus.Contains(row.GpuId))
                            .ToListAsync(token)
                            .ConfigureAwait(false);
                        if (rows.Find(row => row.ContainerName != name && (isExclusive || row.Mode == Exclusive)) is { } other)
                        {
                            await NoteAsync(context, left, token).ConfigureAwait(false);
                            return (Failure.Conflict($"{other.GpuId} is held by '{other.ContainerName}' ({other.Mode})."), left);
                        }

                        var made = Rows(
                            name,
                            shares.Where(share => !rows.Exists(row => row.GpuId == share.Key && row.ContainerName == name)),
                            isExclusive
                        );
                        context.AddRange(made);
                        await context.SaveChangesAsync(token).ConfigureAwait(false); // their ids are wanted
                        left = left.SetItem(modelId, [.. made.Select(row => row.Id)]);
                        await NoteAsync(context, left, token).ConfigureAwait(false);
                        return ((Failure?)null, left);
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false); // who gives up here would not know what was committed
            Volatile.Write(ref _taken, taken);
            return failure;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Releases what starts took whose models hold no place any more; the first time also what an earlier run left.</summary>
    /// <param name="readHolders">Models that hold a place; read when it is our turn, or a start meanwhile would lose what it took.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SyncAsync(Func<IReadOnlySet<long>> readHolders, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ForgetReplaced();
            var holders = readHolders();
            var gone = _taken.Keys.Where(model => !holders.Contains(model)).ToList();
            if (_isSynced && gone.Count == 0)
                return;
            var taken = await writer
                .ExecuteAsync(
                    async (context, token) =>
                    {
                        if (!_isSynced)
                        {
                            var own = _taken.Values.SelectMany(ids => ids).ToHashSet();
                            var left = (await NotedAsync(context, token).ConfigureAwait(false)).Where(id => !own.Contains(id)).ToList();
                            await context
                                .Set<GpuAllocationRow>()
                                .Where(row => left.Contains(row.Id))
                                .ExecuteDeleteAsync(token)
                                .ConfigureAwait(false);
                        }

                        var now = await ReleaseAsync(context, gone, token).ConfigureAwait(false);
                        await NoteAsync(context, now, token).ConfigureAwait(false);
                        return now;
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false); // who gives up here would not know what was committed
            Volatile.Write(ref _taken, taken);
            _isSynced = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static Failure TooMuch(AllocationEdit edit, double total, IReadOnlyList<GpuAllocationRow> others)
    {
        var promised = others.Sum(row => row.ReservedVramMb!.Value);
        var holders =
            others.Count == 0
                ? ""
                : $", of which {promised:N0} MiB are promised to {string.Join(", ", others.Select(row => $"'{row.ContainerName}'"))}";
        return Failure.Conflict(
            $"{edit.GpuId} has {total:N0} MiB{holders}: {Math.Max(0, total - promised):N0} MiB are left, {edit.ReservedVramMb:N0} MiB "
                + $"were asked for. Reserve less{(others.Count == 0 ? "" : ", or release another reservation")}."
        );
    }

    // In another database the ids are those of other rows; what its own starts left is released as after a restart.
    private void ForgetReplaced()
    {
        if (_generation == database.Generation)
            return;
        (_generation, _isSynced) = (database.Generation, false);
        Volatile.Write(ref _taken, ImmutableDictionary<long, ImmutableArray<long>>.Empty);
    }

    private List<GpuAllocationRow> Rows(string name, IEnumerable<KeyValuePair<string, long>> shares, bool isExclusive)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return
        [
            .. shares.Select(share => new GpuAllocationRow
            {
                GpuId = share.Key,
                ContainerName = name,
                Mode = isExclusive ? Exclusive : Shared,
                ReservedVramMb = share.Value > 0 ? Math.Round(share.Value / 1048576.0, 1) : null,
                AllocatedAt = now,
            }),
        ];
    }

    // What is left once these models' rows are gone; counts when it is committed.
    private async Task<ImmutableDictionary<long, ImmutableArray<long>>> ReleaseAsync(
        LlamaDbContext context,
        IReadOnlyList<long> models,
        CancellationToken cancellation
    )
    {
        var ids = models.SelectMany(model => _taken.GetValueOrDefault(model, [])).ToList();
        if (ids.Count > 0)
            await context.Set<GpuAllocationRow>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(cancellation).ConfigureAwait(false);
        return _taken.RemoveRange(models);
    }

    private static async Task<List<long>> NotedAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var text = await context
            .Metadata.Where(row => row.Key == TakenKey)
            .Select(row => row.Value)
            .FirstOrDefaultAsync(cancellation)
            .ConfigureAwait(false);
        return text is null ? [] : JsonSerializer.Deserialize<List<long>>(text) ?? [];
    }

    private async Task NoteAsync(
        LlamaDbContext context,
        ImmutableDictionary<long, ImmutableArray<long>> taken,
        CancellationToken cancellation
    )
    {
        var row = await context.Metadata.FindAsync([TakenKey], cancellation).ConfigureAwait(false);
        if (row is null)
            context.Metadata.Add(row = new MetadataRow { Key = TakenKey });
        (row.Value, row.UpdatedAt) = (
            JsonSerializer.Serialize(taken.Values.SelectMany(ids => ids)),
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
    }

    /// <summary>The devices that <c>--device</c> names; none for automatic and for <c>none</c>.</summary>
    public static IReadOnlyList<string> Devices(string? device) =>
        device is null or "" or None ? [] : device.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with an edit by itself, or null.</summary>
    public static Failure? Check(AllocationEdit edit)
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
