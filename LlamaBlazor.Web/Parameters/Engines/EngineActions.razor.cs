using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>The engine's actions, which print something and stop, as buttons; they are never launch arguments.</summary>
public sealed partial class EngineActions : LiveComponent
{
    private string? _asked;
    private string? _output;
    private string? _failure;
    private bool _busy;

    /// <summary>The engine's own path, or null for the default.</summary>
    [Parameter]
    public string? Path { get; set; }

    [Inject]
    private EngineDirectory Directory { get; set; } = null!;

    // The same button again puts the answer away.
    private async Task AskAsync(string action)
    {
        var again = _asked == action;
        (_asked, _output, _failure) = (null, null, null);
        if (again)
            return;
        _busy = true;
        try
        {
            var answer = await Task.Run(() => Directory.AskAsync(Path, action, Left), Left);
            (_asked, _output, _failure) = (action, answer.IsSuccess ? answer.Value : null, answer.Failure?.Message);
        }
        finally
        {
            _busy = false;
        }
    }
}
