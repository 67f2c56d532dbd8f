using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Engines;

/// <summary>
/// Learns what an engine can do from its own <c>--version</c>, <c>--help</c> and <c>--list-devices</c>, once for each path, variables, size
/// and time of the file: in memory for this run, in the table <c>engines</c> for the next. Who asks while it is being asked waits for the
/// same answer.
/// </summary>
internal sealed class EngineProbe(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, EngineTool tool, TimeProvider clock)
{
    /// <summary>How long a failure stands before the engine is asked again.</summary>
    public static readonly TimeSpan FailureStands = TimeSpan.FromSeconds(30);

    /// <summary>Engines that are remembered; those learnt first leave, and are found in the table when they are asked for again.</summary>
    public const int Bound = 256;

    private const int StoredForm = 2; // rows of earlier versions were read by other rules: such an engine is asked once more
    private readonly ConcurrentDictionary<string, Known> _known = new(); // at most Bound, and as many more as are asked at once
    private readonly ConcurrentDictionary<(string Key, bool Again), Lazy<Task<Result<EngineCapabilities>>>> _asking = new();

    /// <summary>How many engines are remembered now.</summary>
    public int Remembered => _known.Count;

    /// <summary>What an engine can do; unavailable, with its own words, when it does not answer like llama-server.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="again">True to ask it even if it was asked before: devices may have changed.</param>
    /// <param name="cancellation">Gives up waiting; others may wait for the same answer, so the question goes on.</param>
    public async Task<Result<EngineCapabilities>> ProbeAsync(EngineCommand engine, bool again, CancellationToken cancellation)
    {
        var key = KeyOf(engine);
        var file = new FileInfo(engine.Path);
        var (size, time) = file.Exists ? (file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()) : (0, 0);
        if (
            !again
            && _known.TryGetValue(key, out var known)
            && (known.Size, known.Time) == (size, time)
            && (known.Result.IsSuccess || clock.GetElapsedTime(known.At) < FailureStands)
        )
            return known.Result;
        var asking = _asking.GetOrAdd(
            (key, again),
            _ => new Lazy<Task<Result<EngineCapabilities>>>(() => Task.Run(() => LearnAsync(engine, key, size, time, again)))
        );
        return await asking.Value.WaitAsync(cancellation).ConfigureAwait(false);
    }

    // Of variables only a digest: their values may be secrets, and the key is kept in a table.
    private static string KeyOf(EngineCommand engine)
    {
        var words = string.Join(' ', engine.Prefix.Prepend(engine.Path));
        if (engine.Variables.Count == 0)
            return words;
        var variables = engine.Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
        var text = string.Join('\n', variables);
        return $"{words} #{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}";
    }

    private async Task<Result<EngineCapabilities>> LearnAsync(EngineCommand engine, string key, long size, long time, bool again)
    {
        try
        {
            var stored = again ? null : await FindAsync(key, size, time, CancellationToken.None).ConfigureAwait(false);
            var result = stored is not null
                ? stored
                : await EngineInterview.AskAsync(tool, engine, CancellationToken.None).ConfigureAwait(false);
            if (stored is null)
                await SaveAsync(
                        new EngineRow
                        {
                            Path = key,
                            SizeBytes = size,
                            ModifiedAt = time,
                        },
                        result,
                        CancellationToken.None
                    )
                    .ConfigureAwait(false);
            Remember(key, new Known(size, time, clock.GetTimestamp(), result));
            return result;
        }
        finally
        {
            _asking.TryRemove((key, again), out _);
        }
    }

    // Each path with each set of variables is an engine, and both change with settings.
    private void Remember(string key, Known learnt)
    {
        _known[key] = learnt;
        while (_known.Count > Bound)
            _known.TryRemove(_known.MinBy(known => known.Value.At).Key, out _);
    }

    private async Task<EngineCapabilities?> FindAsync(string key, long size, long time, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var row = await context
                        .Set<EngineRow>()
                        .FirstOrDefaultAsync(
                            engine => engine.Path == key && engine.SizeBytes == size && engine.ModifiedAt == time,
                            cancellation
                        )
                        .ConfigureAwait(false);
                    return
                        row is { CapabilitiesJson: { } json }
                        && JsonSerializer.Deserialize<Stored>(json, ApiJson.Options) is { Form: StoredForm } stored
                        ? new EngineCapabilities(row.Version, stored.Spellings, stored.Devices) { Warnings = stored.Warnings }
                        : null;
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private Task SaveAsync(EngineRow row, Result<EngineCapabilities> result, CancellationToken cancellation)
    {
        row.ProbedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.Error = result.Failure?.Message;
        if (result.IsSuccess)
        {
            row.Version = result.Value.Version;
            var spellings = result.Value.Flags.Order(StringComparer.Ordinal).Select(flag => result.Value.Find(flag)! with { Name = flag });
            var stored = new Stored([.. spellings], result.Value.Devices, result.Value.Warnings, StoredForm);
            row.CapabilitiesJson = JsonSerializer.Serialize(stored, ApiJson.Options);
        }

        return writer.ExecuteAsync(
            async (context, token) =>
            {
                await context.Set<EngineRow>().Where(engine => engine.Path == row.Path).ExecuteDeleteAsync(token).ConfigureAwait(false);
                context.Add(row);
            },
            cancellation
        );
    }

    private sealed record Known(long Size, long Time, long At, Result<EngineCapabilities> Result);

    private sealed record Stored(
        IReadOnlyList<EngineFlag> Spellings,
        IReadOnlyList<EngineDevice> Devices,
        IReadOnlyList<string> Warnings,
        int Form
    );
}
