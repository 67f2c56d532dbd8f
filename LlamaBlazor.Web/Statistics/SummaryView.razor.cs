using System.Globalization;
using LlamaBlazor.Domain.Statistics;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Statistics;

/// <summary>What the requests of a range of days add up to.</summary>
public sealed partial class SummaryView
{
    private static readonly (int Days, string Title)[] Ranges = [(1, "24 hours"), (7, "7 days"), (30, "30 days"), (365, "Year")];

    private StatsSummary? _summary;
    private int _days = 7;

    /// <summary>Name of the model whose requests count; null for all.</summary>
    [Parameter]
    public string? Model { get; set; }

    [Inject]
    internal StatsReader Reader { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ShowAsync(_days);

    private async Task ShowAsync(int days)
    {
        (_days, _summary) = (days, null);
        _summary = await Reader.SummaryAsync(
            new StatsFilter(Model, Since: Clock.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds()),
            CancellationToken.None
        );
    }

    private double? FastestDay => _summary!.ByDay.Max(day => day.TokensPerSecond?.P50);

    // A day without a measured answer has no bar.
    private string SpeedHeight(StatsDay day) =>
        day.TokensPerSecond?.P50 is { } speed && FastestDay is > 0 and var fastest
            ? string.Create(CultureInfo.InvariantCulture, $"height:{Math.Max(2, 100.0 * speed / fastest):0.#}%")
            : "height:0";

    private string Height(long requests) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"height:{Math.Max(2, 100.0 * requests / _summary!.ByDay.Max(day => day.Requests)):0.#}%"
        );
}
