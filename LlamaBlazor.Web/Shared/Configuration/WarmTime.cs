namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>How long a model runs at least, once it is ready, before it gives way to another: the endpoint and the starts keep to
/// it.</summary>
internal sealed class WarmTime
{
    private const string Section = "LlamaBlazor:Proxy";

    /// <summary>Seconds; 0 to 86400.</summary>
    public int MinimumWarmSeconds { get; init; } = 5;

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="StartupException">It is out of bounds; the message names its key.</exception>
    public static TimeSpan Read(IConfiguration configuration) =>
        TimeSpan.FromSeconds(
            OptionSection
                .Read<WarmTime>(configuration, Section, [new(nameof(MinimumWarmSeconds), warm => warm.MinimumWarmSeconds, 0, 86_400)])
                .MinimumWarmSeconds
        );
}
