using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlamaBlazor.Tests.Support;

/// <summary>
/// An image for tests, made offline: busybox, and a script that takes the place of llama-server. It answers <c>/health</c>, its
/// environment, says how it was called, exits where the model's file says so, and ignores nothing.
/// </summary>
internal static class TestImage
{
    /// <summary>Its name.</summary>
    public const string Name = "localhost/llamablazor-test:server";

    /// <summary>What this machine's container service needs beyond the usual: a network of its own takes programs that are rarely there,
    /// and limits may be fixed.</summary>
    public const string ExtraArguments = "--network=host --ulimit nofile=1024:1024 --ulimit nproc=1024:1024";

    private const string Engine = """
        #!/bin/sh
        case " $* " in
          *" --version "*) echo "version: 9921 (test) built for busybox"; exit 0 ;;
          *" --help "*) printf '%s\n' "-m, --model FNAME  model" "--host HOST  address" "--port PORT  port" "--metrics  metrics" "-dev, --device LIST  devices"; exit 0 ;;
          *" --list-devices "*) exit 0 ;;
        esac
        echo "called with: $*"
        model= port=8080
        while [ $# -gt 0 ]; do
          case $1 in --model) model=$2 ;; --port) port=$2 ;; esac
          shift
        done
        [ -n "$SECRET_PROBE" ] && echo "has a secret"
        word=$(cat "$model") || exit 1
        word=${word#GGUF }
        touch "$model" 2>/dev/null && echo "the model can be written"
        case $word in exit=*) echo "error: told to end" >&2; exit "${word#exit=}" ;; eat) x=0123456789; while :; do x=$x$x; done ;; esac
        mkdir -p /www && echo '{"status":"ok"}' > /www/health && env > /www/environment
        trap 'exit 0' TERM
        httpd -f -p "127.0.0.1:$port" -h /www & wait
        """;

    private static readonly string[] Applets = ["sh", "httpd", "cat", "echo", "printf", "mkdir", "touch", "env"];
    private static readonly Lazy<string?> Trouble = new(Make);

    /// <summary>Why containers cannot be tested here, or null.</summary>
    public static string? WhyNot => Trouble.Value;

    /// <summary>Path of podman, or null.</summary>
    public static string? Podman { get; } = Find("podman");

    /// <summary>Runs podman and returns what it prints, or null where it fails.</summary>
    public static string? Run(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Podman!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : null;
    }

    private static string? Make()
    {
        if (OperatingSystem.IsWindows())
            return "Needs Linux";
        if (Podman is null || Find("runc") is null)
            return "podman and runc are not installed (apt-get install podman runc conmon busybox-static)";
        if (Find("busybox") is not { } busybox)
            return "busybox is not installed (apt-get install busybox-static)";
        using var root = new TempFolder();
        Directory.CreateDirectory(root.File("bin"));
        Directory.CreateDirectory(root.File("tmp"));
        File.Copy(busybox, root.File("bin/busybox"));
        foreach (var applet in Applets)
            File.CreateSymbolicLink(root.File($"bin/{applet}"), "busybox");
        File.WriteAllText(root.File("engine"), Engine);
        File.SetUnixFileMode(root.File("engine"), (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(root.File("bin/busybox"), (UnixFileMode)0b111_101_101);
        var tar = root.Path + ".tar";
        System.Formats.Tar.TarFile.CreateFromDirectory(root.Path, tar, includeBaseDirectory: false);
        try
        {
            if (Run("import", "--change", "ENTRYPOINT [\"/engine\"]", tar, Name) is null)
                return "podman import failed on this machine";
            return Run(["run", "--rm", "--runtime", "runc", .. ExtraArguments.Split(' '), Name, "--version"]) is null
                ? "podman cannot run containers on this machine"
                : null;
        }
        finally
        {
            File.Delete(tar);
        }
    }

    private static string? Find(string program) =>
        OperatingSystem.IsWindows()
            ? null
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Concat(["/usr/bin", "/usr/sbin", "/bin"])
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists);
}

/// <summary>A test that needs a real podman.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PodmanFactAttribute : FactAttribute
{
    public PodmanFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = TestImage.WhyNot;
}
