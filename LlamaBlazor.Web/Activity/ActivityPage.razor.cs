using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Activity;

/// <summary>What runs, what ran, and the cache. The filter of the log is in the address, so that a view can be sent to somebody.</summary>
public sealed partial class ActivityPage
{
    private static readonly (string Key, string Title)[] Tabs = [("requests", "Requests"), ("summary", "Summary"), ("cache", "Cache")];

    private static readonly string[] Formats = ["csv", "json"];

    private StatsFilter _filter = new();

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Tab { get; set; }

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Outcome { get; set; }

    [SupplyParameterFromQuery]
    private long? Key { get; set; }

    [SupplyParameterFromQuery]
    private string? Session { get; set; }

    [SupplyParameterFromQuery]
    private string? Range { get; set; }

    private string Current => Tabs.Any(tab => tab.Key == Tab) ? Tab! : "requests";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // To the minute, so that drawing the page again is no new filter.
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds() / 60_000 * 60_000;
        var since = RequestLog.Ranges.FirstOrDefault(known => known.Word == Range) is { } range
            ? now - (long)range.Time.TotalMilliseconds
            : (long?)null;
        var filter = StatsFilter.Parse(Model, null, null, StatsFilter.Outcomes.Contains(Outcome ?? "") ? Outcome : null, Key, Session);
        _filter = (filter.IsSuccess ? filter.Value : new StatsFilter()) with { Since = since };
    }

    private string Export(string format) =>
        "/api/stats/export" + (Current == "requests" ? _filter : new StatsFilter()).ToQuery(("format", format));
}
