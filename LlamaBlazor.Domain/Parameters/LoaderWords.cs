using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>What the system's loader says when a program's libraries are not there or do not fit: glibc, musl, macOS, Windows.</summary>
public static partial class LoaderWords
{
    private const string MissingHint =
        "Install that library, or name its folder in LD_LIBRARY_PATH (Environment on the Server page, or of this model), "
        + "or use a build that brings it.";

    private const string MisfitHint =
        "This build was made for another version of that library: use a build made for this system, "
        + "or name the folder of the right one in LD_LIBRARY_PATH (Environment).";

    private const string DllHint = "Put it beside the engine, or name its folder in PATH (for CUDA builds: cudart and cublas).";
    private const int DllNotFound = unchecked((int)0xC0000135);
    private const int EntryPointNotFound = unchecked((int)0xC0000139);

    /// <summary>The loader's line and the next step, or null where it said nothing of that kind.</summary>
    /// <param name="output">What the program printed.</param>
    /// <param name="exitCode">How it ended.</param>
    public static (string Line, string Hint)? Find(string output, int exitCode) =>
        exitCode == 0 ? null : Find(output.Split('\n'), exitCode);

    /// <summary>The loader's line and the next step, or null where it said nothing of that kind.</summary>
    /// <param name="lines">What the program printed.</param>
    /// <param name="exitCode">How it ended.</param>
    public static (string Line, string Hint)? Find(IEnumerable<string> lines, int exitCode)
    {
        foreach (var line in lines.Select(AnsiText.Strip))
        {
            if (Missing().IsMatch(line))
                return (line.Trim(), MissingHint);
            if (Misfit().IsMatch(line))
                return (line.Trim(), MisfitHint);
        }

        return exitCode is DllNotFound or EntryPointNotFound ? ("a DLL that it needs was not found or does not fit", DllHint) : null;
    }

    [GeneratedRegex(
        "error while loading shared libraries: |Error loading shared library |Library not loaded: |: cannot open shared object file",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"version `[^']+' not found \(required by|symbol lookup error: |Error relocating |Symbol not found: |undefined symbol: ",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Misfit();
}
