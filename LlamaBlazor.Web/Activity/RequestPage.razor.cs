using System.Globalization;
using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Activity;

/// <summary>One recorded request: its times as a waterfall, and everything that was measured.</summary>
public sealed partial class RequestPage
{
    private StatsRow? _row;
    private bool _loaded;

    /// <summary>Row or request id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    internal StatsReader Reader { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _row = await Reader.FindAsync(Id, CancellationToken.None);
        _loaded = true;
    }

    private static string Place(TimelinePart part) =>
        string.Create(CultureInfo.InvariantCulture, $"left:{part.Start * 100:0.##}%;width:{Math.Max(part.Share * 100, 0.4):0.##}%");

    private static IEnumerable<(string Name, string Value)> Facts(StatsRow row) =>
        [
            ("Status", row.HttpStatus.ToString(CultureInfo.InvariantCulture)),
            ("Route", (row.Endpoint ?? "") + (row.Stream ? " (stream)" : "")),
            ("Finished because", row.FinishReason ?? "–"),
            ("Prompt tokens", Figures.Count(row.PromptTokens)),
            ("Cached of these", Figures.Count(row.CachedTokens)),
            ("Generated tokens", Figures.Count(row.GeneratedTokens)),
            (
                "Drafted, kept",
                row.DraftTokens is null ? "–" : $"{Figures.Count(row.DraftTokens)}, {Figures.Count(row.DraftAcceptedTokens)}"
            ),
            ("Prompt speed", Figures.Speed(row.PromptPerSecond)),
            ("Generation speed", Figures.Speed(row.TokensPerSecond)),
            ("Temperature", row.Temperature?.ToString(CultureInfo.InvariantCulture) ?? "–"),
            ("Most tokens", Figures.Count(row.MaxTokens)),
            ("Response cache", row.CacheHit ? "hit" : "not used"),
            ("Session", row.SessionId ?? "–"),
            ("Key", row.ApiKeyId?.ToString(CultureInfo.InvariantCulture) ?? "none"),
        ];
}
