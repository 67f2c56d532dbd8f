using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Settings;

/// <summary>One setting in its group.</summary>
public sealed partial class SettingRow
{
    /// <summary>The setting.</summary>
    [Parameter, EditorRequired]
    public SettingState State { get; set; } = null!;

    /// <summary>What its field shows.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>Whether it has a form of its own on the page, so that it is only shown here.</summary>
    [Parameter]
    public bool IsAbove { get; set; }

    /// <summary>Errors by key.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, string[]> Errors { get; set; } = null!;

    /// <summary>Told what was typed.</summary>
    [Parameter]
    public EventCallback<string> TextChanged { get; set; }

    /// <summary>Told to take the saved value away.</summary>
    [Parameter]
    public EventCallback OnReset { get; set; }

    private SettingDefinition Definition => State.Definition;

    private string Id => "s-" + Definition.ShortKey.Replace(':', '-');

    private string DescribedBy => $"{Id}-help {Id}-errors";

    private bool CanEdit => !State.IsLocked && !IsAbove;

    private bool IsInvalid => Errors.ContainsKey(Definition.Key);

    private string Placeholder => Definition.Kind == SettingKind.Text && Definition.Default.Text is null ? "" : Word(Definition.Default);

    private string Shown => Definition.IsSecret ? "hidden" : $"{Word(State.Value)} {Definition.Unit}".TrimEnd();

    private string? SourceWord =>
        State.Source switch
        {
            SettingSource.File => "from the file",
            SettingSource.Saved => "saved",
            SettingSource.Environment => "environment",
            SettingSource.CommandLine => "command line",
            _ => null,
        };

    private string LockedTitle =>
        Definition.IsFixed
            ? $"It is set in appsettings.json, in the environment ({Definition.Variable}) or on the command line only."
            : $"The environment ({Definition.Variable}) or the command line sets it.";

    private string Word(SettingValue value) =>
        Definition.Kind switch
        {
            SettingKind.Switch => value.Text == "true" ? "on" : "off",
            SettingKind.List => value.Items.Count == 0 ? "none" : value.ToString(),
            _ => value.Text ?? "none",
        };
}
