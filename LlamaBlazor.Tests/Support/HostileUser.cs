using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Tests.Support;

/// <summary>Another user of this machine, with a shell and no rights of ours. Only root can become one.</summary>
internal static class HostileUser
{
    private const string Id = "65534"; // nobody

    /// <summary>Why there is none here, or null.</summary>
    public static string? Obstacle { get; } =
        !OperatingSystem.IsLinux() ? "Needs Linux: users, and setpriv to become one"
        : !Environment.IsPrivilegedProcess ? "Needs root: only root can become another user of the machine"
        : Launcher.Find("setpriv") is null ? "There is no setpriv to become another user"
        : Launcher.Find("bash") is null ? "There is no bash, whose /dev/tcp the other user needs"
        : null;

    /// <summary>Starts a script of bash as that user.</summary>
    public static Process Start(string script) =>
        Process.Start(
            new ProcessStartInfo(
                "setpriv",
                ["--reuid", Id, "--regid", Id, "--clear-groups", "--", "env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C", "bash", "-c", script]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    /// <summary>Runs a script to its end, and returns its code and all it said.</summary>
    public static async Task<(int Code, string Said)> RunAsync(string script)
    {
        using var process = Start(script);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await error);
    }

    /// <summary>The status line of an answer to a request that this user sends.</summary>
    public static async Task<string> AskAsync(int port, string method, string path, string body = "", string header = "")
    {
        var (code, said) = await RunAsync(
            $"""
            exec 3<>/dev/tcp/127.0.0.1/{port} || exit 1
            printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n' '{method}' '{path}' >&3
            printf 'Connection: close\r\nContent-Type: application/json\r\n' >&3
            printf '{(header.Length == 0 ? "" : header + "\\r\\n")}Content-Length: {body.Length}\r\n\r\n%s' '{body}' >&3
            head -n 1 <&3
            """
        );
        Assert.True(code == 0, said);
        return said.Trim();
    }
}

/// <summary>A test that needs <see cref="HostileUser"/>; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostileUserFactAttribute : FactAttribute
{
    public HostileUserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = HostileUser.Obstacle;
}
