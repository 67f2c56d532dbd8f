using System.Diagnostics;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>The variables an engine gets: ours without what llama-server would take as settings, and without what is meant for the dashboard.</summary>
internal static class EngineEnvironment
{
    private static readonly string[] Dropped = ["LLAMA_ARG_", "LLAMA_SERVER_", "LLAMA_API_KEY", "LLAMABLAZOR_", "ASPNETCORE_"];

    /// <summary>Cleans the variables of a process that is about to be started, and adds these.</summary>
    public static void Clean(ProcessStartInfo start, IReadOnlyDictionary<string, string> own)
    {
        foreach (var name in start.Environment.Keys.Where(name => Dropped.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in own)
            start.Environment[name] = value;
    }
}
