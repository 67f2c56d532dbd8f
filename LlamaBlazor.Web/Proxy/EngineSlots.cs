using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// How many requests an engine works on at once: what its command says, else what it tells itself, asked once a start. More are better
/// kept here, where they are seen, counted, bounded and can be cancelled, than in the engine.
/// </summary>
internal sealed partial class EngineSlots : IDisposable, IPerModelState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, Asked> _asked = new(); // one a model that was started, until it is deleted
    private readonly EngineClient _engines;
    private readonly ILogger<EngineSlots> _logger;
    private readonly IDisposable _changes;

    public EngineSlots(InstanceRegistry registry, EngineClient engines, ILogger<EngineSlots> logger)
    {
        (_engines, _logger) = (engines, logger);
        _changes = registry.Changes.Subscribe(instance =>
        {
            if (instance.Phase is InstancePhase.Running)
                _ = ReadAsync(instance);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public IReadOnlyCollection<long> Models => [.. _asked.Keys];

    /// <inheritdoc/>
    public void Forget(long modelId) => _asked.TryRemove(modelId, out _);

    /// <summary>The slots, or null as long as nobody knows.</summary>
    public int? Find(InstanceSnapshot engine) =>
        _asked.TryGetValue(engine.ModelId, out var asked) && asked.StartedAt == engine.StartedAt && asked.Slots.IsCompletedSuccessfully
            ? asked.Slots.GetAwaiter().GetResult()
            : null;

    /// <summary>How many requests of a model are passed on at once: what is set for it, else the slots, else null for no limit.</summary>
    public int? PlacesOf(ProxyModel model, InstanceSnapshot engine) => model.Concurrency ?? Find(engine);

    /// <summary>The slots, or null where the engine does not say within a moment.</summary>
    public Task<int?> ReadAsync(InstanceSnapshot engine)
    {
        if (engine.Command is null)
            return Task.FromResult<int?>(null);
        return _asked
            .AddOrUpdate(
                engine.ModelId,
                static (_, more) => more.Self.Ask(more.engine),
                static (_, known, more) => known.StartedAt == more.engine.StartedAt ? known : more.Self.Ask(more.engine),
                (Self: this, engine)
            )
            .Slots;
    }

    private Asked Ask(InstanceSnapshot engine) =>
        new(
            engine.StartedAt,
            SlotsOf(engine.Command!.EngineArguments) is { } told ? Task.FromResult<int?>(told) : Task.Run(() => AskAsync(engine))
        );

    private static int? SlotsOf(IReadOnlyList<string> arguments)
    {
        for (var i = arguments.Count - 2; i >= 0; i--)
        {
            if (
                arguments[i] is "--parallel" or "-np"
                && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var slots)
                && slots > 0
            )
                return slots;
        }

        return null;
    }

    private async Task<int?> AskAsync(InstanceSnapshot engine)
    {
        var props = await _engines.PropsAsync(EngineAddress.Of(engine), Patience, CancellationToken.None).ConfigureAwait(false);
        if (
            props.Json is { ValueKind: JsonValueKind.Object } facts
            && facts.TryGetProperty("total_slots", out var slots)
            && slots.ValueKind is JsonValueKind.Number
            && slots.TryGetInt32(out var count)
            && count > 0
        )
            return count;
        LogUnknown(engine.Model, props.Trouble ?? $"it answered {(int?)props.Status} without total_slots");
        return null;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "'{Model}' did not say how many slots it has; requests are passed on without a limit: {Reason}"
    )]
    private partial void LogUnknown(string model, string reason);

    private sealed record Asked(long? StartedAt, Task<int?> Slots);
}
