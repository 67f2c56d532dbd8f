using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.ModelTabs;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The instances, those at work first, kept up to date by their registry and by each sample.</summary>
public sealed partial class InstanceTable
{
    private const int TailLines = 12;

    private long? _open;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal MetricWindow Window { get; set; } = null!;

    [Inject]
    internal Broadcast<Sample> Samples { get; set; } = null!;

    [Inject]
    internal IEnumerable<ModelAction> Actions { get; set; } = null!;

    [Inject]
    internal ReadLines ReadLines { get; set; } = null!;

    private IReadOnlyList<InstanceSnapshot> Rows =>
        [
            .. Board
                .ByModel.Values.OrderByDescending(instance => instance.IsActive)
                .ThenBy(instance => instance.Model, StringComparer.OrdinalIgnoreCase),
        ];

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Board.Changes);
        Watch(Samples);
    }

    private void Toggle(long modelId) => _open = _open == modelId ? null : modelId;

    private string Tail(long modelId) =>
        ReadLines(modelId).TakeLast(TailLines).Select(line => AnsiText.Strip(line.Text)) is var lines && lines.Any()
            ? string.Join('\n', lines)
            : "It has said nothing yet.";

    private InstanceSample? SampleOf(long modelId) => Window.Latest?.Instances.FirstOrDefault(sample => sample.ModelId == modelId);

    private string Uptime(InstanceSnapshot instance)
    {
        if (instance is not { IsActive: true, StartedAt: { } started })
            return "–";
        var time = Clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(started);
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min"
            : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
            : $"{Math.Max(0, time.Seconds)} s";
    }
}
