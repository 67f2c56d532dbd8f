using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The database: its size, its tables, its backups, and what can be done for it.</summary>
public sealed partial class DatabasePage : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private DatabaseFacts? _facts;
    private IReadOnlyList<BackupFile> _backups = [];
    private string? _noBackups; // why they are not known
    private string? _refused;

    [Inject]
    internal DatabaseStats Stats { get; set; } = null!;

    [Inject]
    internal DatabaseOperations Operations { get; set; } = null!;

    [Inject]
    internal DatabaseRestore Restoring { get; set; } = null!;

    [Inject]
    internal DatabaseJobs Jobs { get; set; } = null!;

    [Inject]
    internal RetentionJob Retention { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    private bool IsBusy => Jobs.Current is not null;

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
        var backups = Operations.ListBackups();
        (_backups, _noBackups) = backups.Match<(IReadOnlyList<BackupFile>, string?)>(
            list => (list, null),
            failure => ([], failure.Message)
        );
        _facts = await Stats.ReadAsync(_left.Token);
    }

    // The card above follows it: a job goes on when the page is left.
    private void Start<T>(string kind, Func<IProgress<WorkStep>, CancellationToken, Task<Result<T>>> work) =>
        _refused = Jobs.Start(kind, work).Failure?.Message;

    private async Task RestoreAsync(BackupFile backup)
    {
        var sure = await Dialogs.ConfirmAsync(
            $"The database becomes what it was at {backup.CreatedAt:yyyy-MM-dd HH:mm} UTC. What is there now is backed up first.",
            "Restore this backup?",
            "Restore",
            "Cancel"
        );
        if (sure)
            Start("restore", (progress, token) => Restoring.BackupAsync(backup.Name, progress, token));
    }

    private async Task RecoverAsync()
    {
        var sure = await Dialogs.ConfirmAsync(
            "The newest backup that passes its check takes the place of this database; what an earlier restore replaced only when no "
                + "other passes. What is there now is kept, sound or not.",
            "Recover from a backup?",
            "Recover",
            "Cancel"
        );
        if (sure)
            Start("recovery", Restoring.RecoverAsync);
    }
}
