using System.Threading.Channels;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Memory;

/// <summary>Hears what engines say of their memory from their first line until they are ready.</summary>
internal sealed class EngineMemoryListener(InstanceRegistry registry, Broadcast<InstanceLogLine> lines, IConfiguration configuration)
{
    private readonly bool _isDemo = DashboardHost.IsDemo(configuration);
    private readonly Channel<(long ModelId, long? Bytes, int? Pid)> _ready = Channel.CreateBounded<(long, long?, int?)>(
        new BoundedChannelOptions(256) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Dictionary<long, EngineMemoryReport> _loading = []; // one a model that is loading

    /// <summary>Engines that have become ready, with the bytes they said they took, or null where they said nothing. One reader; at most
    /// 256 wait.</summary>
    public ChannelReader<(long ModelId, long? Bytes, int? Pid)> Ready => _ready.Reader;

    /// <summary>Listens until it is disposed.</summary>
    public IDisposable Begin() =>
        new Listening(lines.Subscribe(line => Listen(line.ModelId, line.Text)), registry.Changes.Subscribe(Follow));

    private void Listen(long modelId, string line)
    {
        lock (_loading)
        {
            if (_loading.TryGetValue(modelId, out var report))
                report.Read(line);
        }
    }

    // A process has begun: listen from its first line. Ready: what was said is all there is.
    private void Follow(InstanceSnapshot instance)
    {
        lock (_loading)
        {
            if (instance is { Status: ModelStatus.Loading, Pid: null })
                _loading[instance.ModelId] = new EngineMemoryReport();
            else if (
                instance.Status != ModelStatus.Loading
                && _loading.Remove(instance.ModelId, out var report)
                && instance.Status == ModelStatus.Running
                && !_isDemo
            )
                _ready.Writer.TryWrite((instance.ModelId, report.TotalBytes, instance.Pid));
        }
    }

    private sealed class Listening(IDisposable spoken, IDisposable changed) : IDisposable
    {
        public void Dispose()
        {
            spoken.Dispose();
            changed.Dispose();
        }
    }
}
