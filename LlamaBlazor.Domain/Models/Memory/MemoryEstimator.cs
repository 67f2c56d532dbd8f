namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// Estimates what a model takes before it is started. Weights and cache follow llama.cpp exactly; compute buffers are the logits of one batch plus
/// the widest activations, which is what large models are seen to take. What the engine itself projects (llama-fit-params) is better still.
/// </summary>
public static class MemoryEstimator
{
    private const string Host = "Host";
    private const long Padding = 256;
    private const long ContextBound = 1L << 24;

    /// <summary>The estimate for some settings.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings.</param>
    /// <param name="devices">GPUs in order; empty on a machine without one.</param>
    /// <param name="hostFreeBytes">Free main memory, or null.</param>
    public static MemoryEstimate Estimate(ModelGeometry model, MemorySettings settings, IReadOnlyList<MemoryDevice> devices, long? hostFreeBytes)
    {
        var layers = devices.Count == 0 ? 0 : settings.GpuLayers ?? MostLayers(model, settings, devices);
        return Place(model, settings, Math.Clamp(layers, 0, model.LayerCount + 1), devices, hostFreeBytes);
    }

    /// <summary>The most layers that fit on the devices, 0 where not one does.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings; their number of layers is not used.</param>
    /// <param name="devices">GPUs in order.</param>
    public static int MostLayers(ModelGeometry model, MemorySettings settings, IReadOnlyList<MemoryDevice> devices)
    {
        if (devices.Count == 0)
            return 0;
        var (low, high) = (0, model.LayerCount + 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Place(model, settings, middle, devices, null).Fits ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The longest context that fits, in steps of 256 tokens up to what the model was trained with; 0 where not even 256 do.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings; their context is not used.</param>
    /// <param name="devices">GPUs in order.</param>
    /// <param name="hostFreeBytes">Free main memory, or null.</param>
    public static long LongestContext(ModelGeometry model, MemorySettings settings, IReadOnlyList<MemoryDevice> devices, long? hostFreeBytes)
    {
        var (low, high) = (0L, Math.Clamp(model.TrainedContext, Padding, ContextBound) / Padding);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Estimate(model, settings with { CtxSize = middle * Padding }, devices, hostFreeBytes).Fits ? (middle, high) : (low, middle - 1);
        }

        return low * Padding;
    }

    private static MemoryEstimate Place(ModelGeometry model, MemorySettings settings, int gpuLayers, IReadOnlyList<MemoryDevice> devices, long? hostFreeBytes)
    {
        var context = Math.Min(settings.CtxSize > 0 ? settings.CtxSize : Math.Max(model.TrainedContext, Padding), ContextBound);
        var cache = new CacheSizes(settings, model.Window, model.StateBytes, context);
        var use = new long[devices.Count + 1]; // the host last
        var host = devices.Count;
        long weights = model.InputBytes, kv = 0;
        use[host] += model.InputBytes;

        // 1. Layers: the last ones go to devices, the output layer is the very last (llama.cpp, load_tensors).
        var first = Math.Max(0, model.LayerCount + 1 - gpuLayers);
        for (var i = 0; i < model.LayerCount; i++)
        {
            var layer = model.Layers[i];
            var place = i >= first ? Share(i - first, gpuLayers, devices) : host;
            var experts = i < settings.CpuMoeLayers ? layer.ExpertBytes : 0;
            use[place] += layer.WeightBytes - experts;
            use[host] += experts;
            weights += layer.WeightBytes;
            var remembered = cache.Of(layer);
            use[settings.KvOffload ? place : host] += remembered;
            kv += remembered;
        }

        // 2. The output layer; a tied one is copied to its device.
        var output = gpuLayers > 0 ? Share(gpuLayers - 1, gpuLayers, devices) : host;
        var outputBytes = model.OutputBytes + (output != host && model.IsTied ? model.InputBytes : 0);
        use[output] += outputBytes;
        weights += outputBytes;

        // 3. Compute buffers: logits where the output layer is, activations everywhere else.
        var compute = Compute(model, settings, context, use, output, host, gpuLayers > 0);

        // 4. What comes beside the model.
        use[gpuLayers > 0 ? 0 : host] += settings.ProjectorBytes + settings.DraftBytes;
        return new MemoryEstimate
        {
            WeightsBytes = weights,
            KvCacheBytes = kv,
            ComputeBytes = compute,
            ProjectorBytes = settings.ProjectorBytes,
            DraftBytes = settings.DraftBytes,
            CtxSize = context,
            GpuLayers = gpuLayers,
            Devices = [.. devices.Select((device, i) => new DeviceUse(device.Name, use[i], device.FreeBytes)), new DeviceUse(Host, use[host], hostFreeBytes)],
        };
    }

    private static long Compute(ModelGeometry model, MemorySettings settings, long context, long[] use, int output, int host, bool offloaded)
    {
        var batch = 4L * settings.UbatchSize;
        var activations = batch * (2 * model.Embedding + 2 * model.FeedForward);
        var total = 0L;
        for (var place = 0; place < use.Length; place++)
        {
            if (place == host && offloaded)
                total += Take(place, batch * model.Embedding + batch * context); // inputs and the mask
            else if (place == output)
                total += Take(place, Math.Max(batch * (model.Vocabulary + model.Embedding), activations));
            else if (place != host && offloaded)
                total += Take(place, activations);
        }

        return total;

        long Take(int place, long bytes)
        {
            use[place] += bytes;
            return bytes;
        }
    }

    // Devices take layers in proportion to what is free on them; where that is not known, alike.
    private static int Share(int index, int count, IReadOnlyList<MemoryDevice> devices)
    {
        var total = devices.Sum(device => (double)(device.FreeBytes ?? 1));
        var reached = 0.0;
        for (var i = 0; i < devices.Count - 1; i++)
        {
            reached += (devices[i].FreeBytes ?? 1) / Math.Max(total, 1);
            if ((double)index / count < reached)
                return i;
        }

        return devices.Count - 1;
    }

    /// <summary>Bytes that a layer remembers.</summary>
    private sealed class CacheSizes
    {
        private readonly MemorySettings _settings;
        private readonly long _cells;
        private readonly long _windowCells;
        private readonly long _streams;
        private readonly long _stateBytes;

        public CacheSizes(MemorySettings settings, long window, long stateBytes, long context)
        {
            var slots = Math.Max(1, settings.Slots);
            var unified = settings.KvUnified || slots == 1;
            _settings = settings;
            _streams = unified ? 1 : slots;
            _cells = Pad(unified ? context : context / slots);
            _windowCells = settings.SwaFull ? _cells : Math.Min(_cells, Pad(window * (unified ? slots : 1) + settings.UbatchSize));
            _stateBytes = stateBytes * slots;
        }

        public long Of(ModelGeometry.Layer layer) => layer.Kind switch
        {
            LayerKind.Full => Cached(layer, _cells),
            LayerKind.Window => Cached(layer, _windowCells),
            LayerKind.Recurrent => _stateBytes,
            LayerKind.Both => _stateBytes + Cached(layer, _cells),
            _ => 0,
        };

        private long Cached(ModelGeometry.Layer layer, long cells) =>
            (long)(cells * _streams * (layer.Keys * _settings.CacheTypeK.BytesPerWeight + layer.Values * _settings.CacheTypeV.BytesPerWeight));

        private static long Pad(long tokens) => (tokens + Padding - 1) / Padding * Padding;
    }
}
