using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Statistics;

/// <summary>How much of a prompt is kept: <c>LlamaBlazor:Security:StorePrompts</c>, one of none, preview and full (acceptance Y11).</summary>
/// <param name="StorePrompts">The word.</param>
internal sealed record PrivacyOptions(string StorePrompts)
{
    /// <summary>Characters of a whole prompt that statistics keep.</summary>
    private const int FullLength = 16_384;

    private const string Key = "LlamaBlazor:Security:StorePrompts";

    /// <summary>Whether whole prompts may be kept.</summary>
    public bool KeepsAll => StorePrompts == "full";

    /// <summary>Whether nothing of a prompt may be kept.</summary>
    public bool KeepsNothing => StorePrompts == "none";

    /// <summary>Reads and checks the setting.</summary>
    /// <exception cref="StartupException">Another word.</exception>
    public static PrivacyOptions Read(IConfiguration configuration)
    {
        var word = configuration[Key]?.Trim().ToLowerInvariant() ?? "preview";
        return word is "none" or "preview" or "full"
            ? new PrivacyOptions(word)
            : throw new StartupException($"{Key} is '{word}'. It must be none, preview or full.");
    }

    /// <summary>Characters of a prompt that are kept at most.</summary>
    public int PromptLength => KeepsAll ? FullLength : RequestReader.PreviewLength;

    /// <summary>A preview, or null where nothing may be kept.</summary>
    public string? Keep(string? preview) => KeepsNothing ? null : preview;
}
