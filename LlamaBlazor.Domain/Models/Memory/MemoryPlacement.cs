using System.Globalization;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Puts the parts of a model on devices and host as llama.cpp does; made for one estimate.</summary>
internal sealed class MemoryPlacement
{
    private const string HostName = "Host";

    private readonly ModelGeometry _model;
    private readonly MemorySettings _settings;
    private readonly IReadOnlyList<MemoryDevice> _devices;
    private readonly int _own; // the first devices are the model's, the others only its draft's
    private readonly int _gpuLayers;
    private readonly long _context;
    private readonly long[] _use; // by device, the host last
    private readonly long[] _draftUse; // the draft model's part of it
    private readonly double[] _shares; // of each device of the model, adding up to 1
    private long _weights;
    private long _cache;
    private long _compute;
    private long _draft;

    /// <summary>Places everything.</summary>
    public MemoryPlacement(ModelGeometry model, MemorySettings settings, int gpuLayers, IReadOnlyList<MemoryDevice> devices)
    {
        (_model, _settings, _gpuLayers, _devices) = (model, settings, gpuLayers, devices);
        _own = devices.Count(device => device.IsForModel);
        (_use, _draftUse) = (new long[devices.Count + 1], new long[devices.Count + 1]);
        _context = Math.Min(
            settings.CtxSize > 0 ? settings.CtxSize : Math.Max(model.TrainedContext, MemoryEstimator.ContextStep),
            MemoryEstimator.ContextBound
        );
        _shares = Shares(settings, [.. devices.Take(_own)]);
        PlaceLayers();
        PlaceEnds();
        PlaceCompute();
        PlaceDraft();
        _use[_own > 0 && settings.ProjectorOffload ? 0 : Host] += settings.ProjectorBytes;
    }

    private int Host => _devices.Count;

    private int OutputPlace => _gpuLayers > 0 ? Share(_gpuLayers - 1) : Host;

    /// <summary>The outcome.</summary>
    public MemoryEstimate Estimate(long? hostFreeBytes) =>
        new()
        {
            WeightsBytes = _weights,
            KvCacheBytes = _cache,
            ComputeBytes = _compute,
            ProjectorBytes = _settings.ProjectorBytes,
            DraftBytes = _draft,
            CtxSize = _context,
            GpuLayers = _gpuLayers,
            Devices =
            [
                .. _devices
                    .Append(new MemoryDevice(HostName, hostFreeBytes))
                    .Select((device, i) => new DeviceUse(device.Name, _use[i], device.FreeBytes) { DraftBytes = _draftUse[i] }),
            ],
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
            var (weights, expertsLeft) = Move(_model.MovedOf(_settings.OverrideTensor, i), layer.WeightBytes, layer.ExpertBytes);
            var experts = i < _settings.CpuMoeLayers ? expertsLeft : 0;
            PutWeights(place, weights - experts);
            _use[Host] += experts;
            _weights += layer.WeightBytes;
            var remembered = cache.Of(layer);
            _use[_settings.KvOffload ? place : Host] += remembered;
            _cache += remembered;
        }
    }

    // What is left where it was, after the overrides have put their tensors.
    private (long Weights, long Experts) Move(IEnumerable<MovedTensors> moved, long weights, long experts)
    {
        foreach (var tensors in moved)
        {
            _use[PlaceOf(tensors.Buffer)] += tensors.Bytes;
            weights -= tensors.Bytes;
            experts -= tensors.IsExpert ? tensors.Bytes : 0;
        }

        return (weights, experts);
    }

    private int PlaceOf(string buffer)
    {
        for (var i = 0; i < _devices.Count; i++)
        {
            if (_devices[i].Name.Equals(buffer, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return Host; // CPU, and the host's buffers of a device
    }

    // Split by rows, every device has its share of each layer on them; the cache stays with the layer.
    private void PutWeights(int place, long bytes)
    {
        if (place == Host || _settings.SplitMode is not ("row" or "tensor"))
        {
            _use[place] += bytes;
            return;
        }

        var left = bytes;
        for (var i = 0; i < _own - 1; i++)
        {
            var part = (long)(bytes * _shares[i]);
            _use[i] += part;
            left -= part;
        }

        _use[_own - 1] += left;
    }

    // A small model with devices, layers and formats of its own, beside the large one; everything else is as said for that (llama.cpp,
    // server_context::load_model).
    private void PlaceDraft()
    {
        if (_settings.Draft is not { } draft)
        {
            PutDraft(_own > 0 ? 0 : Host, _draft = _settings.DraftBytes);
            return;
        }

        var devices = MemoryDevice.Named(
            [.. _devices.Where(device => device.IsForDraft).Select(device => device with { IsForModel = true })],
            draft.Device
        );
        var settings = _settings with
        {
            CtxSize = _context,
            CacheTypeK = draft.CacheTypeK,
            CacheTypeV = draft.CacheTypeV,
            GpuLayers = draft.GpuLayers ?? int.MaxValue,
            CpuMoeLayers = 0,
            OverrideTensor = null,
            ProjectorBytes = 0,
            Draft = null,
            DraftBytes = 0,
        };
        var estimate = MemoryEstimator.Estimate(draft.Model, settings, devices, null);
        foreach (var use in estimate.Devices)
            PutDraft(PlaceOf(use.Name), use.Bytes);
        _draft = estimate.TotalBytes;
    }

    private void PutDraft(int place, long bytes)
    {
        _use[place] += bytes;
        _draftUse[place] += bytes;
    }

    // The embedding stays on the host; as output layer of another device it is there a second time.
    private void PlaceEnds()
    {
        var output = OutputPlace;
        var (input, _) = Move(_model.MovedInput(_settings.OverrideTensor), _model.InputBytes, 0);
        var (rest, _) = Move(_model.MovedOutput(_settings.OverrideTensor), _model.OutputBytes, 0);
        var tied = (output != Host ? _model.TiedBytes : 0);
        _use[Host] += input;
        PutWeights(output, rest + tied);
        _weights += _model.InputBytes + _model.OutputBytes + tied;
    }

    // Logits where the output layer is, activations on the other devices, inputs and the mask on the host.
    private void PlaceCompute()
    {
        var activations = OfBatch(2.0 * _model.Embedding + 2.0 * _model.FeedForward);
        for (var place = 0; place < _use.Length; place++)
        {
            var bytes =
                place == OutputPlace ? Math.Max(OfBatch((double)_model.Vocabulary + _model.Embedding), activations)
                : _gpuLayers == 0 || (place >= _own && place != Host) ? 0
                : place == Host ? OfBatch((double)_model.Embedding + _context)
                : activations;
            _use[place] += bytes;
            _compute += bytes;
        }
    }

    // A number of four bytes for each token of a batch and each of so many places.
    private long OfBatch(double width) => (long)Math.Min(4.0 * _settings.UbatchSize * width, MemoryEstimator.PartBound);

    // Layers go to devices by their shares (llama.cpp, load_tensors).
    private int Share(int index)
    {
        var reached = 0.0;
        for (var i = 0; i < _own - 1; i++)
        {
            reached += _shares[i];
            if ((double)index / _gpuLayers < reached)
                return i;
        }

        return _own - 1;
    }

    // As --tensor-split says; else in proportion to what is free, and where that is not known, alike.
    private static double[] Shares(MemorySettings settings, IReadOnlyList<MemoryDevice> devices)
    {
        var said = (settings.TensorSplit ?? "")
            .Split([',', '/'])
            .Select(part =>
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && double.IsFinite(share)
                    ? Math.Max(0, share)
                    : 0
            )
            .ToList();
        var shares = devices
            .Select(
                (device, i) =>
                    said.Sum() > 0
                        ? i < said.Count
                            ? said[i]
                            : 0
                        : device.FreeBytes ?? 1.0
            )
            .ToList();
        var total = shares.Sum();
        return [.. shares.Select(share => total > 0 ? share / total : 1.0 / devices.Count)];
    }
}
