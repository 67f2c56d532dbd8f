namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Bytes that a layer remembers.</summary>
internal sealed class CacheSizes
{
    private const long Padding = MemoryEstimator.ContextStep;

    private readonly MemorySettings _settings;
    private readonly long _cells;
    private readonly long _windowCells;
    private readonly long _streams;
    private readonly long _stateBytes;

    /// <summary>Works the sizes out.</summary>
    public CacheSizes(MemorySettings settings, long window, long stateBytes, long context)
    {
        var slots = Math.Max(1, settings.Slots);
        var unified = settings.KvUnified || slots == 1;
        _settings = settings;
        _streams = unified ? 1 : slots;
        _cells = Pad(unified ? context : context / slots);
        _windowCells = settings.SwaFull ? _cells : Math.Min(_cells, Pad(window * (unified ? slots : 1) + settings.UbatchSize));
        _stateBytes = Math.Min(stateBytes * slots, MemoryEstimator.PartBound);
    }

    /// <summary>Bytes of one layer.</summary>
    public long Of(ModelGeometry.Layer layer) =>
        layer.Kind switch
        {
            LayerKind.Full => Cached(layer, _cells),
            LayerKind.Window => Cached(layer, _windowCells),
            LayerKind.Recurrent => _stateBytes,
            LayerKind.Both => Math.Min(_stateBytes + Cached(layer, _cells), MemoryEstimator.PartBound),
            _ => 0,
        };

    private long Cached(ModelGeometry.Layer layer, long cells) =>
        (long)
            Math.Min(
                (double)cells
                    * _streams
                    * (layer.Keys * _settings.CacheTypeK.BytesPerWeight + layer.Values * _settings.CacheTypeV.BytesPerWeight),
                MemoryEstimator.PartBound
            );

    private static long Pad(long tokens) => (tokens + Padding - 1) / Padding * Padding;
}
