using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary>The response cache: configuration section <c>LlamaBlazor:Cache</c> (product.md 16).</summary>
internal sealed class CacheOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Cache";

    /// <summary>The global switch, until it is set in the dashboard.</summary>
    public bool Enabled { get; init; }

    /// <summary>Seconds an answer is kept, until it is set in the dashboard; 0 is for ever.</summary>
    public long TtlSeconds { get; init; } = 604_800;

    /// <summary>MiB of all answers together, until it is set in the dashboard; 1 to 1048576.</summary>
    public int MaxSizeMb { get; init; } = 100;

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static CacheOptions Read(IConfiguration configuration) =>
        OptionSection.Read<CacheOptions>(
            configuration,
            Section,
            [
                new(nameof(TtlSeconds), options => options.TtlSeconds, 0, RequestKeeping.MaxTtlSeconds),
                new(nameof(MaxSizeMb), options => options.MaxSizeMb, 1, RequestKeeping.MaxSizeMb),
            ]
        );
}
