using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Memory;

/// <summary>Runs llama-fit-params, which lies beside llama-server. It loads no weights and ends within seconds.</summary>
internal sealed class FitProgram(EngineLocator engines, ToolRunner tools)
{
    private const int OutputBound = 64 << 10;
    private static readonly string FileName = OperatingSystem.IsWindows() ? "llama-fit-params.exe" : "llama-fit-params";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // a failure would otherwise start a debugger
    private static readonly Dictionary<string, string> Own = new() { ["GGML_NO_BACKTRACE"] = "1" };

    /// <summary>Its path for a model's engine, or null where there is none.</summary>
    public async Task<string?> FindAsync(string? enginePath, CancellationToken cancellation)
    {
        var engine = await engines.FindAsync(enginePath, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess || engine.Value.Simulated)
            return null;
        var real = new FileInfo(engine.Value.Path);
        var folders = new[] { real.DirectoryName, (real.ResolveLinkTarget(returnFinalTarget: true) as FileInfo)?.DirectoryName };
        return folders.OfType<string>().Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs it once.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="variables">Environment variables of the model's engine.</param>
    /// <returns>What it printed, the last 64 Ki characters of each stream, and how it ended; unavailable when it could not be started or
    /// did not end in time.</returns>
    public async Task<Result<ToolOutput>> RunAsync(
        string path,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var start = new ProcessStartInfo(path, arguments);
        EngineEnvironment.Clean(
            start,
            new Dictionary<string, string>([.. Own, .. (variables ?? Own).Where(pair => !Own.ContainsKey(pair.Key))])
        );
        var call = new ToolCall(start, Limit)
        {
            IsWatched = true,
            OutputBound = OutputBound,
            KeepsEnd = true, // the reason of a failure comes last
        };
        var (output, failure) = await tools.RunAsync(call, cancellation).ConfigureAwait(false);
        return failure is null ? output! : Failure.Unavailable($"{failure.Reason}.");
    }
}
