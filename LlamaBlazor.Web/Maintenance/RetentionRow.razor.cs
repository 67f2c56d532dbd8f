using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A row of the table of tables.</summary>
public sealed partial class RetentionRow
{
    /// <summary>The table.</summary>
    [Parameter, EditorRequired]
    public TableFacts Table { get; set; } = null!;

    /// <summary>Told when its retention was changed.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    internal RetentionAccess Store { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    // What it means, in words: a slip of the keyboard removes rows.
    private static string Outlook(int? days, int? rows) =>
        (days, rows) switch
        {
            (null, null) => "Its rows stay for ever.",
            (null, { } most) => $"The newest {most:N0} rows stay.",
            (0, _) => "All its rows leave within the hour.",
            ({ } age, { } most) => $"Rows leave after {Days(age)}, and where there are more than {most:N0}.",
            ({ } age, null) => $"Rows leave after {Days(age)}.",
        };

    private static string Days(int days) => days == 1 ? "1 day" : $"{days:N0} days";

    private async Task SaveAsync(int? days, int? rows)
    {
        var saved = await Store.SaveAsync(Table.Name, new RetentionLimits(days, rows));
        if (saved.Failure is { } failure)
            Notices.Say(
                Severity.Error,
                "Not saved",
                failure.Errors is null ? failure.Message : string.Join(' ', failure.Errors.SelectMany(error => error.Value))
            );
        else
            Notices.Say(Severity.Success, $"Retention of {Table.Name} saved", Outlook(days, rows));
        await Changed.InvokeAsync();
    }
}
