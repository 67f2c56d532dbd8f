namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Puts the parts of a model on devices and host as llama.cpp does; made for one estimate.</summary>
internal sealed class MemoryPlacement
{
    private const string HostName = "Host";

    /// <summary>Contexts are multiples of this many tokens (llama.cpp, <c>GGML_PAD</c> in llama_context).</summary>
    public const long ContextStep = 256;

    /// <summary>Longest context an estimate is made for.</summary>
    public const long ContextBound = 1L << 24;

    private readonly ModelGeometry _model;
    private readonly MemorySettings _settings;
    private readonly IReadOnlyList<MemoryDevice> _devices;
    private readonly int _gpuLayers;
    private readonly long _context;
    private readonly long[] _use; // by device, the host last
    private long _weights;
    private long _cache;
    private long _compute;

    /// <summary>Places everything.</summary>
    public MemoryPlacement(ModelGeometry model, MemorySettings settings, int gpuLayers, IReadOnlyList<MemoryDevice> devices)
    {
        (_model, _settings, _gpuLayers, _devices) = (model, settings, gpuLayers, devices);
        _use = new long[devices.Count + 1];
        _context = Math.Min(settings.CtxSize > 0 ? settings.CtxSize : Math.Max(model.TrainedContext, ContextStep), ContextBound);
        PlaceLayers();
        PlaceEnds();
        PlaceCompute();
        _use[gpuLayers > 0 ? 0 : Host] += settings.ProjectorBytes + settings.DraftBytes;
    }

    private int Host => _devices.Count;

    private int OutputPlace => _gpuLayers > 0 ? Share(_gpuLayers - 1) : Host;

    /// <summary>The outcome.</summary>
    public MemoryEstimate Estimate(long? hostFreeBytes) => new()
    {
        WeightsBytes = _weights,
        KvCacheBytes = _cache,
        ComputeBytes = _compute,
        ProjectorBytes = _settings.ProjectorBytes,
        DraftBytes = _settings.DraftBytes,
        CtxSize = _context,
        GpuLayers = _gpuLayers,
        Devices = [.. _devices.Select((device, i) => new DeviceUse(device.Name, _use[i], device.FreeBytes)), new DeviceUse(HostName, _use[Host], hostFreeBytes)],
    };

    // The last layers go to devices; the output layer counts as the very last (llama.cpp, load_tensors).
    private void PlaceLayers()
    {
        var cache = new CacheSizes(_settings, _model.Window, _model.StateBytes, _context);
        var first = Math.Max(0, _model.LayerCount + 1 - _gpuLayers);
        for (var i = 0; i < _model.LayerCount; i++)
        {
            var layer = _model.Layers[i];
            var place = i >= first ? Share(i - first) : Host;
            var experts = i < _settings.CpuMoeLayers ? layer.ExpertBytes : 0;
            _use[place] += layer.WeightBytes - experts;
            _use[Host] += experts;
            _weights += layer.WeightBytes;
            var remembered = cache.Of(layer);
            _use[_settings.KvOffload ? place : Host] += remembered;
            _cache += remembered;
        }
    }

    // The embedding stays on the host; as output layer of another device it is there a second time.
    private void PlaceEnds()
    {
        var output = OutputPlace;
        var outputBytes = _model.OutputBytes + (output != Host ? _model.TiedBytes : 0);
        _use[Host] += _model.InputBytes;
        _use[output] += outputBytes;
        _weights += _model.InputBytes + outputBytes;
    }

    // Logits where the output layer is, activations on the other devices, inputs and the mask on the host.
    private void PlaceCompute()
    {
        var batch = 4L * _settings.UbatchSize;
        var activations = batch * (2 * _model.Embedding + 2 * _model.FeedForward);
        for (var place = 0; place < _use.Length; place++)
        {
            var bytes = place == OutputPlace ? Math.Max(batch * (_model.Vocabulary + _model.Embedding), activations)
                : _gpuLayers == 0 ? 0
                : place == Host ? batch * (_model.Embedding + _context)
                : activations;
            _use[place] += bytes;
            _compute += bytes;
        }
    }

    // Devices take layers in proportion to what is free on them; where that is not known, alike.
    private int Share(int index)
    {
        var total = _devices.Sum(device => (double)(device.FreeBytes ?? 1));
        var reached = 0.0;
        for (var i = 0; i < _devices.Count - 1; i++)
        {
            reached += (_devices[i].FreeBytes ?? 1) / Math.Max(total, 1);
            if ((double)index / _gpuLayers < reached)
                return i;
        }

        return _devices.Count - 1;
    }
}
