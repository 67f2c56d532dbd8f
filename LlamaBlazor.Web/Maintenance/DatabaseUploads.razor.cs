using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Radzen;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Replaces, merges or converts a database that the browser sends.</summary>
public sealed partial class DatabaseUploads
{
    private const long SizeLimit = 16L * 1024 * 1024 * 1024;

    private IBrowserFile? _file;
    private LegacyReport? _report;
    private string? _busy;
    private string? _message;
    private bool _failed;

    /// <summary>Told when the database is another.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    internal DatabaseOperations Operations { get; set; } = null!;

    [Inject]
    internal DatabaseMerge Merge { get; set; } = null!;

    [Inject]
    internal LegacyImport Legacy { get; set; } = null!;

    [Inject]
    internal DataFolder Folder { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    private void Choose(InputFileChangeEventArgs args) => (_file, _message, _report) = (args.File, null, null);

    private async Task ReplaceAsync()
    {
        var sure = await Dialogs.Confirm($"{_file!.Name} takes the place of this database. What is there now is backed up first.", "Replace everything?", new ConfirmOptions { OkButtonText = "Replace", CancelButtonText = "Cancel" });
        if (sure == true)
            await WithFileAsync("replace", async path => Tell(await Operations.RestoreFileAsync(path), report => $"Replaced in {report.ElapsedMs} ms. The one before is {report.Name}."));
    }

    private Task MergeAsync() => WithFileAsync("merge", async path =>
        Tell(await Merge.MergeAsync(path), report => $"{report.Added.Count} model(s) added{(report.Kept.Count > 0 ? $", {report.Kept.Count} were here already" : "")}."));

    private Task LegacyAsync(bool dryRun) => WithFileAsync(dryRun ? "dry" : "legacy", async path =>
    {
        var result = await Legacy.RunAsync(path, dryRun, _file!.Name);
        _report = result.IsSuccess ? result.Value : null;
        Tell(result, report => dryRun ? $"Recognised as {report.Kind}. This is what an import would do; nothing was changed." : $"Imported as {report.Kind}.");
    });

    private async Task WithFileAsync(string what, Func<string, Task> use)
    {
        _busy = what;
        var path = Path.Combine(Folder.Backups, $".upload-{Guid.NewGuid():N}.part");
        try
        {
            await using (var target = File.Create(path))
            await using (var source = _file!.OpenReadStream(SizeLimit))
                await source.CopyToAsync(target);
            await use(path);
            await Changed.InvokeAsync();
        }
        catch (IOException error)
        {
            (_failed, _message) = (true, $"The file could not be taken: {error.Message}");
        }
        finally
        {
            File.Delete(path);
            _busy = null;
        }
    }

    private void Tell<T>(Result<T> result, Func<T, string> words) => (_failed, _message) = result.Match(
        value => (false, words(value)),
        failure => (true, failure.Errors is null ? failure.Message : string.Join(' ', failure.Errors.SelectMany(error => error.Value))));
}
