using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Resources.Images;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>A tag of an image and its pull.</summary>
public sealed partial class ImageLine
{
    [Parameter, EditorRequired]
    public EventCallback OnPull { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnCancel { get; set; }

    [Parameter, EditorRequired]
    public ImageVersion Version { get; set; } = null!;

    [Parameter]
    public PullItem? Pull { get; set; }

    private static string Words(PullItem pull) =>
        pull.State is WorkState.Waiting ? $"again soon: {pull.Error}"
        : pull.Line.Length > 0 ? pull.Line
        : "Asking the registry…";
}
