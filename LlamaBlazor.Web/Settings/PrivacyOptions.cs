using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary>How much of a prompt is kept, until it is set in the dashboard: <c>LlamaBlazor:Security:StorePrompts</c>, one of none, preview
/// and full (acceptance Y11).</summary>
/// <param name="StorePrompts">The word.</param>
internal sealed record PrivacyOptions(string StorePrompts)
{
    private const string Key = "LlamaBlazor:Security:StorePrompts";

    /// <summary>Reads and checks the setting.</summary>
    /// <exception cref="StartupException">Another word.</exception>
    public static PrivacyOptions Read(IConfiguration configuration)
    {
        var word = configuration[Key]?.Trim().ToLowerInvariant() ?? RequestKeeping.Preview;
        return RequestKeeping.Levels.Contains(word)
            ? new PrivacyOptions(word)
            : throw new StartupException($"{Key} is '{word}'. It must be none, preview or full.");
    }
}
