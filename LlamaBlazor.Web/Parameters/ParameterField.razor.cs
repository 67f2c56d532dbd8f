using LlamaBlazor.Domain.Parameters;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters;

/// <summary>
/// One field of a form: label, help, editor, messages. It takes plain values and renders only when one of them has changed, so that an edit
/// in a tab of
/// fifty fields renders one.
/// </summary>
public sealed partial class ParameterField
{
    private FieldState? _rendered;
    private bool _changed;

    /// <summary>Name of the column.</summary>
    [Parameter, EditorRequired]
    public string Column { get; set; } = "";

    /// <summary>Name for people.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What it does.</summary>
    [Parameter]
    public string Description { get; set; } = "";

    /// <summary>The flag, for those who know it.</summary>
    [Parameter]
    public string? Flag { get; set; }

    /// <summary>A hazard or a fact worth knowing.</summary>
    [Parameter]
    public string? Note { get; set; }

    /// <summary>What the value is.</summary>
    [Parameter]
    public ParameterKind Kind { get; set; }

    /// <summary>The text as typed or stored.</summary>
    [Parameter]
    public string Text { get; set; } = "";

    /// <summary>What holds while it is empty.</summary>
    [Parameter]
    public string Placeholder { get; set; } = "";

    /// <summary>Words to choose from.</summary>
    [Parameter]
    public IReadOnlyList<string> Choices { get; set; } = [];

    /// <summary>Character between the items of a list.</summary>
    [Parameter]
    public char Separator { get; set; } = ',';

    /// <summary>Unit of the number.</summary>
    [Parameter]
    public string? Unit { get; set; }

    /// <summary>Smallest value, for the slider.</summary>
    [Parameter]
    public double? Min { get; set; }

    /// <summary>Largest value, for the slider.</summary>
    [Parameter]
    public double? Max { get; set; }

    /// <summary>Range in words.</summary>
    [Parameter]
    public string? Range { get; set; }

    /// <summary>Who set the value in force, or null where the engine decides.</summary>
    [Parameter]
    public string? Source { get; set; }

    /// <summary>True while an edit is not saved.</summary>
    [Parameter]
    public bool IsChanged { get; set; }

    /// <summary>True for secrets.</summary>
    [Parameter]
    public bool Secret { get; set; }

    /// <summary>True for columns that are never passed on.</summary>
    [Parameter]
    public bool KeptOnly { get; set; }

    /// <summary>True where the default may be said aloud.</summary>
    [Parameter]
    public bool CanForce { get; set; }

    /// <summary>True where it is.</summary>
    [Parameter]
    public bool IsForced { get; set; }

    /// <summary>True when it cannot be edited.</summary>
    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Why the installed engine cannot use it, or null: it can then only be cleared.</summary>
    [Parameter]
    public string? Unsupported { get; set; }

    /// <summary>Why it cannot be saved.</summary>
    [Parameter]
    public string? Error { get; set; }

    /// <summary>What to know although it can be saved.</summary>
    [Parameter]
    public string? Warning { get; set; }

    /// <summary>Called with column and new text.</summary>
    [Parameter]
    public EventCallback<(string Column, string Text)> OnChange { get; set; }

    /// <summary>Called with column and whether to force.</summary>
    [Parameter]
    public EventCallback<(string Column, bool Force)> OnForce { get; set; }

    /// <summary>Called with the column when the user wants to choose a path from the folders of the machine.</summary>
    [Parameter]
    public EventCallback<string> OnBrowse { get; set; }

    private bool Locked => Disabled || Unsupported is not null;

    private string Id => "p-" + Column;

    private string DescribedBy => $"{Id}-help {Id}-meta";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var state = new FieldState(
            Column,
            Text,
            Placeholder,
            Source,
            IsChanged,
            IsForced,
            Disabled,
            Choices.Count,
            Unsupported,
            Error,
            Warning
        );
        _changed = state != _rendered;
        _rendered = state;
    }

    /// <inheritdoc/>
    protected override bool ShouldRender() => _changed;

    private Task ChangeAsync(string text) => OnChange.InvokeAsync((Column, text));

    private Task ResetAsync() => OnChange.InvokeAsync((Column, ""));

    private Task BrowseAsync() => OnBrowse.InvokeAsync(Column);

    private Task ForceAsync(ChangeEventArgs args) => OnForce.InvokeAsync((Column, args.Value is true));

    // What can differ from one render to the next; the rest is the catalogue's.
    private sealed record FieldState(
        string Column,
        string Text,
        string Placeholder,
        string? Source,
        bool IsChanged,
        bool IsForced,
        bool Disabled,
        int Choices,
        string? Unsupported,
        string? Error,
        string? Warning
    );
}
