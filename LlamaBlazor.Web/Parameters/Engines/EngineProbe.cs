using System.Collections.Concurrent;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shell;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>
/// Learns what an engine can do from its own <c>--version</c>, <c>--help</c> and <c>--list-devices</c>, once for each path, size and time of the file: in
/// memory for this run, in the table <c>engines</c> for the next.
/// </summary>
internal sealed class EngineProbe(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, TimeProvider clock)
{
    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly ConcurrentDictionary<string, (long Size, long Time, EngineCapabilities Engine)> _known = new(); // as many as there are engines

    /// <summary>What an engine can do; unavailable, with its own words, when it does not answer like llama-server.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="again">True to ask it even if it was asked before: devices may have changed.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<EngineCapabilities>> ProbeAsync(EngineCommand engine, bool again, CancellationToken cancellation)
    {
        var key = string.Join(' ', engine.Prefix.Prepend(engine.Path));
        var file = new FileInfo(engine.Path);
        var (size, time) = file.Exists ? (file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()) : (0, 0);
        if (!again && _known.TryGetValue(key, out var known) && (known.Size, known.Time) == (size, time))
            return known.Engine;
        var stored = again ? null : await FindAsync(key, size, time, cancellation).ConfigureAwait(false);
        if (stored is not null)
        {
            _known[key] = (size, time, stored);
            return stored;
        }

        var asked = await AskAsync(engine, cancellation).ConfigureAwait(false);
        if (asked.IsSuccess)
            _known[key] = (size, time, asked.Value);
        await SaveAsync(new EngineRow { Path = key, SizeBytes = size, ModifiedAt = time }, asked, cancellation).ConfigureAwait(false);
        return asked;
    }

    private static async Task<Result<EngineCapabilities>> AskAsync(EngineCommand engine, CancellationToken cancellation)
    {
        Task<Result<ToolResult>> Run(string action) => EngineTool.RunAsync(engine.Path, engine.Prefix.Append(action), NoVariables, cancellation);
        var version = await Run("--version").ConfigureAwait(false);
        if (!version.IsSuccess)
            return version.Failure!;
        if (EngineHelp.ReadVersion(version.Value.Output) is not { } build)
            return Failure.Unavailable($"{engine.Path} does not answer --version like llama-server. Choose another engine on the Settings page.");
        var help = await Run("--help").ConfigureAwait(false);
        if (!help.IsSuccess)
            return help.Failure!;
        var devices = await Run("--list-devices").ConfigureAwait(false);
        return new EngineCapabilities(build, EngineHelp.ReadFlags(help.Value.Output), devices.IsSuccess ? EngineHelp.ReadDevices(devices.Value.Output) : []);
    }

    private async Task<EngineCapabilities?> FindAsync(string key, long size, long time, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var row = await context.Set<EngineRow>().AsNoTracking().FirstOrDefaultAsync(engine => engine.Path == key && engine.SizeBytes == size && engine.ModifiedAt == time, cancellation).ConfigureAwait(false);
            return row is { Version: { } version, CapabilitiesJson: { } json } && JsonSerializer.Deserialize<Stored>(json, ApiJson.Options) is { } stored
                ? new EngineCapabilities(version, stored.Flags, stored.Devices)
                : null;
        }
    }

    private Task SaveAsync(EngineRow row, Result<EngineCapabilities> result, CancellationToken cancellation)
    {
        row.ProbedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.Error = result.Failure?.Message;
        if (result.IsSuccess)
        {
            row.Version = result.Value.Version;
            row.CapabilitiesJson = JsonSerializer.Serialize(new Stored([.. result.Value.Flags.Order(StringComparer.Ordinal)], result.Value.Devices), ApiJson.Options);
        }

        return writer.ExecuteAsync(async (context, token) =>
        {
            await context.Set<EngineRow>().Where(engine => engine.Path == row.Path).ExecuteDeleteAsync(token).ConfigureAwait(false);
            context.Add(row);
        }, cancellation);
    }

    private sealed record Stored(IReadOnlyList<string> Flags, IReadOnlyList<EngineDevice> Devices);
}
