using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>Looks again every half minute, as often as something is recorded.</summary>
public sealed partial class MachinePanel
{
    private const int HealthShown = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private SystemSummaryView? _summary;
    private SnapshotAnswer? _latest;
    private IReadOnlyList<ActiveContainerView> _active = [];
    private IReadOnlyList<HealthItem> _health = [];

    [Inject]
    internal MachineHistory History { get; set; } = null!;

    private string Load =>
        _latest is { Load1Min: { } one } latest
            ? string.Create(CultureInfo.InvariantCulture, $"{one:0.##}, {latest.Load5Min:0.##}, {latest.Load15Min:0.##}")
            : "not told by this system";

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        await LookAsync();
        _ = RepeatAsync();
    }

    private static string Percent(double? value) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0.#} %") : "not yet";

    private static string Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("O", CultureInfo.InvariantCulture);

    private async Task RepeatAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, Clock);
            while (await timer.WaitForNextTickAsync(Left))
            {
                await LookAsync();
                RenderSoon();
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private Task LookAsync() =>
        Task.Run(
            async () =>
            {
                _summary = await History.SummaryAsync(Left);
                _latest = (await History.SnapshotsAsync(null, null, 1, Left)).Items is [var newest, ..] ? newest : null;
                _active = await History.ActiveAsync(Left);
                _health = (await History.HealthAsync(null, null, HealthShown, Left)).Items;
            },
            Left
        );
}
