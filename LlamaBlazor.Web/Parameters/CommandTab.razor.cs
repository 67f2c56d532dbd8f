using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters;

/// <summary>The command that starts a model, as it is saved now.</summary>
public sealed partial class CommandTab : LiveComponent
{
    /// <summary>The model.</summary>
    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    private LaunchCommandFactory Commands { get; set; } = null!;

    [Inject]
    private CommandCheck Checks { get; set; } = null!;

    [Inject]
    private ParameterStore Store { get; set; } = null!;

    private LaunchCommand? Command { get; set; }

    private string? Problem { get; set; }

    private CheckAnswer? Verdict { get; set; }

    private bool Checking { get; set; }

    private string Shell { get; set; } = "bash";

    private string Text => Shell == "bash" ? ShellText.BashLines(Command!) : ShellText.PowerShellLines(Command!);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(
            Store.Changes,
            change =>
            {
                if (change.ModelId is null || change.ModelId == ModelId)
                    _ = InvokeAsync(LoadAsync);
            }
        );
        await LoadAsync();
    }

    private async Task CheckAsync()
    {
        Checking = true;
        Verdict = null;
        try
        {
            var checkedCommand = await Checks.RunAsync(Command!, Left);
            Verdict = checkedCommand.Match(answer => answer, failure => new CheckAnswer(false, [failure.Message], []));
        }
        finally
        {
            Checking = false;
        }
    }

    private async Task LoadAsync()
    {
        Verdict = null;
        var result = await Task.Run(() => Commands.PreviewAsync(ModelId, Left), Left);
        (Command, Problem) = result.Match(command => (command, (string?)null), failure => ((LaunchCommand?)null, (string?)failure.Message));
        StateHasChanged();
    }
}
