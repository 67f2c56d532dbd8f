using System.Globalization;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>
/// What llama-server's <c>GET /metrics</c> tells (tools/server/README.md). Values are written with six significant digits, so counters
/// above a
/// million are rounded, and gauges may be <c>inf</c> or <c>nan</c>, which is null here.
/// </summary>
public sealed record EngineMetrics
{
    private const string Prefix = "llamacpp:";

    /// <summary>Prompt tokens processed since its start; counted when a prompt is done.</summary>
    public double? PromptTokens { get; init; }

    /// <summary>Tokens generated since its start; counted when a request is done.</summary>
    public double? PredictedTokens { get; init; }

    /// <summary>Requests at work.</summary>
    public int? Processing { get; init; }

    /// <summary>Requests that wait for a slot.</summary>
    public int? Deferred { get; init; }

    /// <summary>Reads the text. Unknown names, comments and malformed lines are skipped.</summary>
    /// <param name="text">The answer of <c>/metrics</c>.</param>
    public static EngineMetrics Parse(string text)
    {
        var result = new EngineMetrics();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(Prefix))
                continue;
            var split = line.LastIndexOf(' ');
            if (
                split < 0
                || !double.TryParse(line[(split + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || !double.IsFinite(value)
            )
                continue;
            var name = line[Prefix.Length..split].Trim();
            result = name switch
            {
                "prompt_tokens_total" => result with { PromptTokens = value },
                "tokens_predicted_total" => result with { PredictedTokens = value },
                "requests_processing" => result with { Processing = (int)value },
                "requests_deferred" => result with { Deferred = (int)value },
                _ => result,
            };
        }

        return result;
    }
}
