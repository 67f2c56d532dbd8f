using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Starts a scan and shows how far it is, also one that somebody else started; what could not be read is listed in a
/// dialog.</summary>
public sealed partial class ScanButton
{
    private bool _scanning;

    [Inject]
    internal LibraryService Library { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Watch(Library.Progress);

    private async Task ScanAsync()
    {
        _scanning = true;
        try
        {
            var result = await Library.ScanAsync(Left);
            _scanning = false;
            if (result.Errors.Count > 0)
                await ScanResultDialog.OpenAsync(Dialogs, result);
            else
                Notices.Say(Severity.Success, "Scan complete", ScanResultDialog.Summary(result));
        }
        catch (OperationCanceledException)
        {
            // The page was left; the scan goes on.
        }
        catch (Exception error)
        {
            Notices.Say(Severity.Error, "The scan broke off", error.Message);
        }
        finally
        {
            _scanning = false;
        }
    }
}
