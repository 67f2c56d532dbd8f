using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Reads a pasted command line, shows what it means, and applies it to a model.</summary>
public sealed partial class CommandImportPanel
{
    private string _text = "";
    private string? _problem;
    private ImportPlan? _plan;
    private bool _replace;
    private bool _busy;

    /// <summary>The model it is applied to.</summary>
    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    private CommandImport Import { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private IEnumerable<(string Label, string? Flag, string Value)> Rows =>
        from change in _plan!.Changes
        from pair in change.Values
        let definition = ParameterCatalogue.Current.FindColumn(pair.Key)!
        select (definition.Label, definition.Flag, definition.Secret ? ShellText.Mask : ParameterText.Brief(definition, pair.Value!));

    private async Task ReadAsync()
    {
        var read = await Import.ReadAsync(_text, CancellationToken.None);
        _plan = read.IsSuccess ? read.Value : null;
        _problem = read.IsSuccess ? null : FailureText.Of(read.Failure!);
    }

    // What was read is not what stands in the box any more.
    private void Forget() => (_plan, _problem) = (null, null);

    private async Task ApplyAsync()
    {
        if (_plan is not { } plan)
            return;
        _busy = true;
        try
        {
            var applied = await Import.ApplyAsync(
                ModelId,
                _replace ? plan.Replacing(ParameterCatalogue.Current) : plan,
                CancellationToken.None
            );
            _problem = applied.IsSuccess ? null : FailureText.Of(applied.Failure!);
            if (!applied.IsSuccess)
                return;
            Notices.Say(
                Severity.Success,
                "Command applied",
                "The settings of the model are those of the command now. History can undo it."
            );
            var refused = applied
                .Value.NotUnderstood.Skip(plan.NotUnderstood.Count)
                .Select(word => $"{word.Token} was left out: {word.Reason}")
                .ToList();
            (_plan, _text, _problem) = (null, "", refused.Count == 0 ? null : string.Join(' ', refused));
        }
        finally
        {
            _busy = false;
        }
    }
}
