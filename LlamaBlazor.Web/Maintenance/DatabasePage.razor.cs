using LlamaBlazor.Domain.Common;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The database: its size, its tables, its backups, and what can be done for it.</summary>
public sealed partial class DatabasePage : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private DatabaseFacts? _facts;
    private IReadOnlyList<BackupFile> _backups = [];
    private string? _busy;
    private string? _message;
    private bool _failed;

    [Inject]
    internal DatabaseStats Stats { get; set; } = null!;

    [Inject]
    internal DatabaseOperations Operations { get; set; } = null!;

    [Inject]
    internal RetentionJob Retention { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    private bool IsBusy => _busy is not null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ReloadAsync();

    private async Task ReloadAsync()
    {
        _backups = Operations.ListBackups();
        _facts = await Stats.ReadAsync(_left.Token);
    }

    private async Task RunAsync(string what, Func<Task<Result<OperationReport>>> work, string done)
    {
        _busy = what;
        var result = await work();
        (_failed, _message) = result.Failure is { } failure
            ? (true, failure.Errors is null ? failure.Message : string.Join(' ', failure.Errors.SelectMany(error => error.Value)))
            : (false, $"{done} in {result.Value.ElapsedMs} ms, {ByteSize.Text(result.Value.SizeBytes)}.");
        _busy = null;
        await ReloadAsync();
    }

    private async Task CheckAsync()
    {
        _busy = "check";
        var report = await Operations.CheckAsync(_left.Token);
        (_failed, _message) = report.Ok ? (false, "Every page and every reference is sound.") : (true, $"Damaged: {string.Join("; ", report.Problems.Take(5))}. Restore the newest backup.");
        _busy = null;
    }

    private async Task PruneAsync()
    {
        _busy = "prune";
        var removed = await Retention.PruneAsync(_left.Token);
        (_failed, _message) = (false, removed.Values.Sum() == 0 ? "Nothing was due." : $"Removed {removed.Values.Sum():N0} rows.");
        _busy = null;
        await ReloadAsync();
    }

    private async Task RestoreAsync(BackupFile backup)
    {
        var sure = await Dialogs.Confirm($"The database becomes what it was at {backup.CreatedAt:yyyy-MM-dd HH:mm} UTC. What is there now is backed up first.", "Restore this backup?", new ConfirmOptions { OkButtonText = "Restore", CancelButtonText = "Cancel" });
        if (sure == true)
            await RunAsync(backup.Name, () => Operations.RestoreAsync(backup.Name, _left.Token), "Restored");
    }
}
