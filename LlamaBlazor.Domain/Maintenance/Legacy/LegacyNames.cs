using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>What several kinds have in common.</summary>
internal static class LegacyNames
{
    /// <summary>Columns of models that are ours by another name.</summary>
    public static FrozenDictionary<string, string> Usual { get; } =
        new Dictionary<string, string>
        {
            ["path"] = "model_path",
            ["file_size"] = "file_size_bytes",
            ["size_bytes"] = "file_size_bytes",
            ["parameter_count"] = "params",
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>No column has another name: there, <c>path</c> is a setting of the server.</summary>
    public static FrozenDictionary<string, string> None { get; } = FrozenDictionary<string, string>.Empty;

    /// <summary>No defaults but those of all.</summary>
    public static FrozenDictionary<string, object> NoDefaults { get; } = FrozenDictionary<string, object>.Empty;
}
