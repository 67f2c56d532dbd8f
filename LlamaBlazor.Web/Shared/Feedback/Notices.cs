using MudBlazor;

namespace LlamaBlazor.Web.Shared.Feedback;

/// <summary>What happened, at the bottom of the page: good news leaves by itself, errors and warnings stay until they are read.</summary>
internal sealed class Notices(ISnackbar snackbar)
{
    /// <summary>Says something.</summary>
    /// <param name="severity">How bad it is.</param>
    /// <param name="title">What happened, in a few words.</param>
    /// <param name="detail">More about it, or null.</param>
    public void Say(Severity severity, string title, string? detail = null) => Add(severity, title, detail, null, null);

    /// <summary>Says something that can be taken back for a while.</summary>
    /// <param name="title">What happened, in a few words.</param>
    /// <param name="detail">More about it, or null.</param>
    /// <param name="limit">How long it can be taken back.</param>
    /// <param name="undo">Takes it back.</param>
    public void SayWithUndo(string title, string? detail, TimeSpan limit, Func<Task> undo) =>
        Add(Severity.Success, title, detail, limit, undo);

    private void Add(Severity severity, string title, string? detail, TimeSpan? limit, Func<Task>? undo) =>
        snackbar.Add<Notice>(
            new Dictionary<string, object> { [nameof(Notice.Title)] = title, [nameof(Notice.Detail)] = detail ?? "" },
            severity,
            options =>
            {
                options.RequireInteraction = limit is null && severity is Severity.Error or Severity.Warning;
                if (limit is { } visible)
                    options.VisibleStateDuration = (int)visible.TotalMilliseconds;
                if (undo is null)
                    return;
                options.Action = "Undo";
                options.ActionColor = Color.Inherit;
                options.OnClick = _ => undo();
            }
        );
}
