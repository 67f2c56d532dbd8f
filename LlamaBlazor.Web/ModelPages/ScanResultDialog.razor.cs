using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>What a scan found and what it could not use, each with its reason.</summary>
public sealed partial class ScanResultDialog
{
    [Parameter, EditorRequired]
    public ScanResult Result { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    /// <summary>The numbers in a sentence.</summary>
    internal static string Summary(ScanResult result) =>
        $"{result.Found:N0} found, {result.Added:N0} new, {result.Updated:N0} changed, {result.Missing:N0} missing, in "
        + $"{result.ElapsedMs / 1000.0:0.0} s.";

    internal static Task OpenAsync(Dialogs dialogs, ScanResult result) =>
        dialogs.OpenAsync<ScanResultDialog>(
            "Scan complete",
            new Dictionary<string, object?> { [nameof(Result)] = result },
            MaxWidth.Medium
        );
}
