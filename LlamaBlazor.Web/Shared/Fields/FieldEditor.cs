using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Shared.Fields;

/// <summary>What the editors of all kinds of value have in common: a text goes in, a text comes out when the user has finished
/// typing.</summary>
public abstract class FieldEditor : ComponentBase
{
    /// <summary>Id of the control, which the label names.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>The text; empty where nothing is set.</summary>
    [Parameter, EditorRequired]
    public string Value { get; set; } = "";

    /// <summary>What holds while it is empty.</summary>
    [Parameter]
    public string Placeholder { get; set; } = "";

    /// <summary>Ids of the help and the messages, separated by spaces.</summary>
    [Parameter]
    public string DescribedBy { get; set; } = "";

    /// <summary>True when the value cannot be saved.</summary>
    [Parameter]
    public bool Invalid { get; set; }

    /// <summary>True when it cannot be edited.</summary>
    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Called with the new text when the control loses focus or a choice is made, never for each key.</summary>
    [Parameter]
    public EventCallback<string> ValueChanged { get; set; }

    /// <summary>Word for <c>aria-invalid</c>.</summary>
    protected string AriaInvalid => Invalid ? "true" : "false";

    /// <summary>Hands the new text over.</summary>
    /// <param name="args">The browser's event.</param>
    protected Task ChangeAsync(ChangeEventArgs args) => ValueChanged.InvokeAsync(args.Value as string ?? "");
}
