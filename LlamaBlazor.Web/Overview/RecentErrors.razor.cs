using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Overview;

/// <summary>Models in error and the last errors of the log.</summary>
public sealed partial class RecentErrors
{
    private const int Shown = 5;

    private IReadOnlyList<InstanceSnapshot> _failed = [];
    private IReadOnlyList<LoggedError>? _logged; // null until they are read

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    private IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Board.Changes, _ => Refresh());
        Refresh();
        var since = Clock.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds();
        _logged = await ReadAsync(since);
    }

    private void Refresh() =>
        _failed = [
            .. Board
                .ByModel.Values.Where(instance => instance.Phase.IsError())
                .OrderBy(instance => instance.Model, StringComparer.OrdinalIgnoreCase)
                .Take(Shown),
        ];

    private Task<List<LoggedError>> ReadAsync(long since) =>
        Contexts.ReadAsync(
            context =>
                context
                    .Set<LogRow>()
                    .Where(row => (row.Level == "error" || row.Level == "critical") && row.Timestamp >= since)
                    .OrderByDescending(row => row.Timestamp)
                    .ThenByDescending(row => row.Id)
                    .Take(Shown)
                    .Select(row => new LoggedError(row.Id, row.Timestamp, row.Source, row.Message))
                    .ToListAsync(Left),
            Left
        );

    private sealed record LoggedError(long Id, long Timestamp, string Source, string Message);
}
