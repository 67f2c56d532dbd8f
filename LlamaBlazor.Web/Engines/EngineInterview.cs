using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Engines;

/// <summary>
/// Asks an engine what it can do. Everything that says something about an engine, from the command <c>doctor</c> to a start, has it from
/// here.
/// </summary>
internal static class EngineInterview
{
    private static readonly string[] Needed = ["--model", "--port"];

    /// <summary>Asks for version, flags and devices.</summary>
    /// <param name="tool">Runs it.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>
    /// Unavailable, with the engine's own words where it has any, when it cannot be run or lists no flags of llama-server. A version that
    /// is
    /// not understood is only a warning.
    /// </returns>
    public static async Task<Result<EngineCapabilities>> AskAsync(EngineTool tool, EngineCommand engine, CancellationToken cancellation)
    {
        var version = await RunAsync(tool, engine, "--version", cancellation).ConfigureAwait(false);
        if (!version.IsSuccess)
            return version.Failure!;
        var help = await RunAsync(tool, engine, "--help", cancellation).ConfigureAwait(false);
        if (!help.IsSuccess)
            return help.Failure!;
        var build = EngineHelp.ReadVersion(version.Value.Output);
        var flags = EngineHelp.ReadFlags(help.Value.Output);
        if (!Needed.All(name => flags.Any(flag => flag.Name == name)))
            return Failure.Unavailable(Unknown(engine, build, help.Value));
        var devices = await tool.RunAsync(engine, "--list-devices", cancellation).ConfigureAwait(false);
        var warning = $"Its version was not understood: --version {Said(version.Value)}. Its flags were read from --help all the same.";
        return new EngineCapabilities(build, flags, devices.IsSuccess ? EngineHelp.ReadDevices(devices.Value.Output) : [])
        {
            Warnings = build is null ? [warning] : [],
        };
    }

    private static async Task<Result<ToolResult>> RunAsync(
        EngineTool tool,
        EngineCommand engine,
        string action,
        CancellationToken cancellation
    )
    {
        var run = await tool.RunAsync(engine, action, cancellation).ConfigureAwait(false);
        return run is { IsSuccess: true, Value.LoaderTrouble: { } trouble }
            ? Failure.Unavailable($"{engine.Words} cannot be run: {trouble}")
            : run;
    }

    private static string Unknown(EngineCommand engine, string? build, ToolResult help) =>
        $"{engine.Words}{(build is null ? " does not answer --version like llama-server, and its" : "")} --help lists no "
        + $"{string.Join(" and ", Needed)} (code {help.ExitCode}): it is not llama-server, or it is broken. "
        + "Run it by hand to see why, or choose another "
        + (engine.Image is null ? "engine on the Settings page." : "image on the Server overrides tab.");

    private static string Said(ToolResult result) =>
        result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() is { } line
            ? $"says '{(line.Length > 120 ? line[..120] + "…" : line)}'"
            : $"says nothing and ends with code {result.ExitCode}";
}
