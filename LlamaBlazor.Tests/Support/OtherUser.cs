using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Support;

/// <summary>Runs the program as a user who may not do everything. As root, for whom no permission counts, that is another one, through
/// setpriv.</summary>
internal static class OtherUser
{
    private const string Id = "65534"; // nobody

    // a build's list of them leads into the package folder of whoever built
    private const string NoBuildAssets = "ASPNETCORE_STATICWEBASSETS=none";

    /// <summary>Why that cannot be here, or null.</summary>
    public static string? Obstacle { get; } = Look();

    /// <summary>The command line that runs a program as that user.</summary>
    public static (string Program, IReadOnlyList<string> Arguments) Wrap(string program, IReadOnlyList<string> arguments) =>
        Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid", Id, "--regid", Id, "--clear-groups", "--", "env", NoBuildAssets, program, .. arguments])
            : (program, arguments);

    /// <summary>Gives a file or folder, and what is in it, to that user.</summary>
    public static void Give(string path)
    {
        if (Environment.IsPrivilegedProcess)
            SmallDisk.Run("chown", "-R", $"{Id}:{Id}", path);
    }

    /// <summary>Runs a command of the program to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (own, prefix) = OwnProgram.Find();
        var (program, line) = Wrap(own, [.. prefix, .. arguments]);
        using var process = Process.Start(
            new ProcessStartInfo(program, line) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    private static string? Look()
    {
        if (!OperatingSystem.IsLinux())
            return "Needs Linux: permissions and another user";
        if (!Environment.IsPrivilegedProcess)
            return null;
        if (Launcher.Find("setpriv") is null)
            return "Runs as root, for whom no permission counts, and there is no setpriv to become another user";
        var (program, line) = Wrap("test", ["-r", typeof(OwnProgram).Assembly.Location]);
        using var process = Process.Start(program, line);
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "Runs as root, and another user may not read the program that was built";
    }
}

/// <summary>A test that needs <see cref="OtherUser"/>; skipped, with the reason, where that cannot be.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OtherUserFactAttribute : FactAttribute
{
    public OtherUserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = OtherUser.Obstacle;
}

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OtherUserTheoryAttribute : TheoryAttribute
{
    public OtherUserTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = OtherUser.Obstacle;
}
