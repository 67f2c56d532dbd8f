using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Web.Cli;

/// <summary>The check of the engine: what the running dashboard says of it, or else the same questions asked from here.</summary>
internal static class DoctorEngine
{
    private const string Mend =
        "Install llama.cpp (https://github.com/ggml-org/llama.cpp/releases), then set its path on the Settings page, "
        + "or with --engine PATH.";

    /// <summary>Looks at the default engine.</summary>
    /// <param name="configured">Path of the setting in force, or null to look in PATH and the usual places.</param>
    /// <param name="rules">Which engines may be run.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Finding> CheckAsync(
        string? configured,
        EnginePathRules rules,
        string folder,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (await AskDashboardAsync(folder, cancellation).ConfigureAwait(false) is { } told)
            return told;
        var found = configured is { Length: > 0 } ? configured : EngineLocator.Candidates().FirstOrDefault(File.Exists);
        if (found is null)
            return new Finding("Engine", false, "no llama-server in PATH or the usual places", Mend);
        if (!File.Exists(found))
            return new Finding("Engine", false, $"there is no {found}", Mend);
        if (configured is { Length: > 0 } && rules.Refuse(configured) is { } refusal)
            return new Finding("Engine", false, refusal, Mend);
        var data = DataFolder.Peek(folder);
        var containers = new ContainerProgram(new ContainerOptions());
        using var guard = new ProcessGuard(containers, data, NullLogger<ProcessGuard>.Instance);
        var tool = new EngineTool(new ToolRunner(new ProbeStarter(guard, data), clock), data);
        var command = new EngineCommand(found, [], Simulated: false);
        return (await EngineInterview.AskAsync(tool, command, cancellation).ConfigureAwait(false)).Match(
            engine => Good(found, engine.Version, engine.Flags.Count, engine.Warnings),
            failure => new Finding("Engine", false, failure.Message, Mend)
        );
    }

    // Null where none runs, or where it does not tell this one.
    private static async Task<Finding?> AskDashboardAsync(string folder, CancellationToken cancellation)
    {
        var connection = await DashboardConnection.FindAsync(folder, cancellation).ConfigureAwait(false);
        if (connection is null)
            return null;
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                var engines = await connection.Http.GetFromJsonAsync<JsonElement>("/api/engines", cancellation).ConfigureAwait(false);
                var engine = engines.GetProperty("items")[0];
                string? Text(string name) => engine.GetProperty(name).GetString();
                return Text("error") is { } error
                    ? new Finding("Engine", false, error, Mend)
                    : Good(
                        Text("path")!,
                        Text("version"),
                        engine.GetProperty("flag_count").GetInt32(),
                        engine.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)
                    );
            }
            catch (Exception error)
                when (error is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                return null;
            }
        }
    }

    private static Finding Good(string path, string? version, int flags, IEnumerable<string> warnings)
    {
        var facts = $"{path}, {version ?? "version unknown"}, knows {flags} flags";
        return new("Engine", true, string.Join(". ", warnings.Select(warning => warning.TrimEnd('.')).Prepend(facts)));
    }
}
