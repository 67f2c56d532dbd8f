using System.Runtime.CompilerServices;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Support;

/// <summary>Engines for tests: shell scripts that turn into the simulated engine with faults of their own, so that each model can have
/// another one.</summary>
internal static class EngineScript
{
    /// <summary>Writes an engine and returns its path.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="faults">Settings such as <c>load-ms=0</c> or <c>ignore-term</c>.</param>
    public static string Write(TempFolder folder, params string[] faults)
    {
        var (program, prefix) = OwnProgram.Find();
        string[] line = [program, .. prefix, OwnProgram.SimulatorWord, .. faults.SelectMany(fault => new[] { "--simulate", fault })];
        return WriteRaw(folder, $"exec {string.Join(' ', line.Select(word => $"'{word}'"))} \"$@\"");
    }

    /// <summary>Writes an engine that is any shell script.</summary>
    public static string WriteRaw(TempFolder folder, string script)
    {
        var path = folder.File($"llama-server-{Guid.NewGuid():N}.sh"); // named like one, since others are not run
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}

/// <summary>A test of processes as Linux has them: groups, signals, /proc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Needs Linux: process groups, signals and /proc";
    }
}

/// <summary>A theory about processes of Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = OperatingSystem.IsLinux() ? null : "Needs Linux: process groups, signals and /proc";
}
