using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Engines;

/// <summary>Environment variables that the server settings give to every engine; the room of the settings registers it.</summary>
internal delegate Task<IReadOnlyDictionary<string, string>> ReadServerVariables(CancellationToken cancellation);

/// <summary>
/// Finds the llama-server to run: the model's own, then the setting, then <c>PATH</c>, then the usual places (product.md 8). In demo mode
/// it
/// is always the simulated engine. Absence is a failure with guidance, never an exception.
/// </summary>
internal sealed class EngineLocator(IConfiguration configuration, LaunchSettingsAccess settings, ReadServerVariables serverVariables)
{
    private static readonly string FileName = OperatingSystem.IsWindows() ? "llama-server.exe" : "llama-server";

    /// <summary>True when this run simulates its engine.</summary>
    public bool IsDemo { get; } = DashboardHost.IsDemo(configuration);

    /// <summary>The engine for a model, with the environment variables of the server settings.</summary>
    /// <param name="perModelPath">The model's own choice, or null.</param>
    /// <param name="cancellation">Gives up reading the settings.</param>
    public async Task<Result<EngineCommand>> FindAsync(string? perModelPath, CancellationToken cancellation)
    {
        var engine = await LocateAsync(perModelPath, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess)
            return engine;
        return engine.Value with { Variables = await serverVariables(cancellation).ConfigureAwait(false) };
    }

    private async Task<Result<EngineCommand>> LocateAsync(string? perModelPath, CancellationToken cancellation)
    {
        if (IsDemo)
        {
            var (path, prefix) = OwnProgram.Find();
            return new EngineCommand(path, [.. prefix, OwnProgram.SimulatorWord, "--simulate", "serve-all"], Simulated: true);
        }

        if (!string.IsNullOrWhiteSpace(perModelPath))
            return Named(perModelPath, "This model's engine path (Server overrides tab)", isTrusted: false);
        var configured = (await settings.GetAsync(cancellation).ConfigureAwait(false)).EnginePath;
        if (!string.IsNullOrWhiteSpace(configured))
        {
            const string Setting = "The engine path of the launch settings (Settings page, or --engine)";
            return Named(configured, Setting, settings.Locked.Contains("engine_path"));
        }

        return Candidates().FirstOrDefault(IsExecutable) is { } found
            ? new EngineCommand(found, [], Simulated: false)
            : Failure.Unavailable(
                "No llama-server was found in PATH or in the usual places. Install llama.cpp "
                    + "(https://github.com/ggml-org/llama.cpp/releases), then set its path on the Settings page, or start with "
                    + "--engine PATH."
            );
    }

    /// <summary>Where an engine may be without being named: <c>PATH</c>, then where packages and builds put it.</summary>
    internal static IEnumerable<string> Candidates()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] usual =
        [
            "/usr/local/bin",
            "/usr/bin",
            "/opt/llama.cpp/bin",
            "/opt/homebrew/bin",
            "/app",
            Path.Combine(home, ".local", "bin"),
            Path.Combine(home, "llama.cpp", "build", "bin"),
            Path.Combine(home, "src", "llama.cpp", "build", "bin"),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "llama.cpp"),
        ];
        return folders.Concat(usual).Where(Path.IsPathFullyQualified).Distinct().Select(folder => Path.Combine(folder, FileName));
    }

    private Result<EngineCommand> Named(string path, string setting, bool isTrusted)
    {
        if (!File.Exists(path))
            return Failure.Unavailable(
                $"{setting} is {path}, but there is no such file, or this user may not enter its folder. Correct it, or clear it to "
                    + "search PATH."
            );
        if (!IsExecutable(path))
            return Failure.Unavailable($"{setting} is {path}, which this user may not execute. Allow it with: chmod +x \"{path}\"");
        return !isTrusted && settings.EnginePaths.Refuse(path) is { } refusal
            ? Failure.Unavailable($"{setting} cannot be used: {refusal}")
            : new EngineCommand(Path.GetFullPath(path), [], Simulated: false);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
    }
}
