using System.Diagnostics;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Engines;

/// <summary>
/// The variables an engine gets: ours without what llama-server would take as settings, without what is meant for the dashboard or for the
/// service that runs it, and without anything that looks like a secret; then its own. The rest stays: wrappers and drivers need it.
/// </summary>
internal static class EngineEnvironment
{
    private const string NestedKey = "__"; // between names: a key of the configuration, such as Kestrel__Certificates__Default__Password
    private const string RuntimeRoot = "DOTNET_ROOT";

    private static readonly string[] Dropped =
    [
        "LLAMA_ARG_",
        "LLAMA_SERVER_",
        "LLAMA_API_KEY",
        "LLAMABLAZOR",
        "ASPNETCORE_",
        "DOTNET_",
        "COMPLUS_",
        "CORECLR_",
        "KESTREL",
        "CONNECTIONSTRINGS",
        "NOTIFY_SOCKET",
        "LISTEN_FDS",
        "LISTEN_PID",
        "LISTEN_FDNAMES",
        "WATCHDOG_",
        "CREDENTIALS_DIRECTORY",
    ];

    /// <summary>Cleans the variables of a process that is about to be started, and adds these.</summary>
    public static void Clean(ProcessStartInfo start, IReadOnlyDictionary<string, string> own)
    {
        var isSimulated = start.ArgumentList.Contains(OwnProgram.SimulatorWord); // our own program, which must find its runtime
        var dropped = start.Environment.Keys.Where(IsDropped).ToList();
        foreach (var name in dropped.Where(name => !isSimulated || !name.StartsWith(RuntimeRoot, StringComparison.Ordinal)))
            start.Environment.Remove(name);
        foreach (var (name, value) in own)
            start.Environment[name] = value;
    }

    /// <summary>Whether a variable of ours is none of an engine's business.</summary>
    /// <param name="name">Its name.</param>
    internal static bool IsDropped(string name) =>
        Dropped.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || name.IndexOf(NestedKey, StringComparison.Ordinal) > 0
        || SecretWords.IsSecret(name);
}
