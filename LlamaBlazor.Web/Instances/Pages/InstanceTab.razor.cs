using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Instances.Pages;

/// <summary>The tab Logs of a model: state of its engine and its last lines, live.</summary>
public sealed partial class InstanceTab
{
    private IReadOnlyList<InstanceLogLine> _lines = [];
    private bool _paused;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    [Inject]
    internal Broadcast<InstanceLogLine> Lines { get; set; } = null!;

    private InstanceSnapshot? Instance => Board.Find(ModelId);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Board.Changes);
        Watch(Lines);
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => _lines = Supervisor.Lines(ModelId);

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        if (!_paused)
            _lines = Supervisor.Lines(ModelId);
        return true;
    }

    private static string Iso(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("u");

    // llama-server's own letter after the time: "0.00.006.765 E gguf_init…"
    private static string Level(string line) =>
        line.Length > 15 && line.IndexOf(' ') is > 0 and < 14 and var at && line.Length > at + 2 && line[at + 2] == ' '
            ? line[at + 1] switch
            {
                'E' => "bad",
                'W' => "warn",
                'D' => "dim",
                _ => "",
            }
            : "";

    private void Toggle() => _paused = !_paused;
}
