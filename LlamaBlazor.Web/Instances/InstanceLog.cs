using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>The last lines of one engine. Lines of earlier runs stay until newer ones push them out.</summary>
internal sealed class InstanceLog(long modelId, Broadcast<InstanceLogLine> lines, TimeProvider clock)
{
    /// <summary>Lines kept: at most 2 MB.</summary>
    public const int Bound = 500;

    /// <summary>Lines shown with an error.</summary>
    public const int LastBound = 50;

    private readonly Lock _gate = new();
    private readonly Queue<InstanceLogLine> _kept = new();
    private int _sinceLaunch;

    /// <summary>Name of the model, for the lines to come.</summary>
    public string Model { get; set; } = "";

    /// <summary>Marks a new launch: <see cref="LastOfLaunch"/> tells only what follows.</summary>
    public void BeginLaunch()
    {
        lock (_gate)
            _sinceLaunch = 0;
    }

    /// <summary>Adds a line.</summary>
    public void Add(string text)
    {
        var line = new InstanceLogLine(modelId, Model, clock.GetUtcNow().ToUnixTimeMilliseconds(), text);
        lock (_gate)
        {
            if (_kept.Count == Bound)
                _kept.Dequeue();
            _kept.Enqueue(line);
            _sinceLaunch++;
        }

        lines.Publish(line);
    }

    /// <summary>All lines kept, oldest first.</summary>
    public IReadOnlyList<InstanceLogLine> All()
    {
        lock (_gate)
            return [.. _kept];
    }

    /// <summary>The last lines of the current launch, oldest first.</summary>
    public IReadOnlyList<string> LastOfLaunch()
    {
        lock (_gate)
            return [.. _kept.TakeLast(Math.Min(_sinceLaunch, LastBound)).Select(line => line.Text)];
    }
}
