using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlamaBlazor.Tests.Support;

/// <summary>
/// A stand-in for NVIDIA's library, built by the system's compiler into a folder of its own: two cards whose driver can hang, vanish
/// and come back.
/// </summary>
internal sealed class NvmlStandIn : IDisposable
{
    private readonly TempFolder _folder = new();

    private NvmlStandIn() { }

    /// <summary>Path of the library; its folder can stand on LD_LIBRARY_PATH.</summary>
    public string Path => _folder.File("libnvidia-ml.so.1");

    /// <summary>The folder it is in.</summary>
    public string Folder => _folder.Path;

    /// <summary>Calls of init and shutdown so far.</summary>
    public string[] Calls => File.Exists(_folder.File("calls")) ? File.ReadAllLines(_folder.File("calls")) : [];

    /// <summary>Builds it.</summary>
    /// <param name="variants">OLD, BARE, RESERVED or NOTHING.</param>
    public static async Task<NvmlStandIn> BuildAsync(params string[] variants)
    {
        var standIn = new NvmlStandIn();
        var source = standIn._folder.File("nvml-stand-in.c");
        await using (var code = typeof(NvmlStandIn).Assembly.GetManifestResourceStream("nvml-stand-in.c")!)
        await using (var file = File.Create(source))
            await code.CopyToAsync(file);
        string[] defines = [.. variants.Select(variant => "-D" + variant)];
        var start = new ProcessStartInfo(
            CompilerFactAttribute.Compiler!,
            ["-shared", "-fPIC", "-Wall", "-Wno-unused", .. defines, $"-DFOLDER=\"{standIn.Folder}\"", "-o", standIn.Path, source]
        )
        {
            RedirectStandardError = true,
        };
        using var compiler = Process.Start(start)!;
        var errors = await compiler.StandardError.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        Assert.True(compiler.ExitCode == 0, errors);
        return standIn;
    }

    /// <summary>All calls wait until <see cref="Release"/>.</summary>
    public void Hang() => File.WriteAllText(_folder.File("hang"), "");

    /// <summary>The calls that wait come back.</summary>
    public void Release() => File.Delete(_folder.File("hang"));

    /// <summary>All calls return this code; 0 is success.</summary>
    public void Answer(int code)
    {
        var other = _folder.File("code.new");
        File.WriteAllText(other, code.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(other, _folder.File("code"), overwrite: true);
    }

    /// <summary>The second card falls off the bus.</summary>
    public void LoseSecondCard() => File.WriteAllText(_folder.File("lost"), "");

    /// <summary>It is back.</summary>
    public void FindSecondCard() => File.Delete(_folder.File("lost"));

    public void Dispose()
    {
        Release(); // a thread that waits in it must leave before the code goes
        _folder.Dispose();
    }
}

/// <summary>A test that needs a compiler for C on Linux: skipped with the reason elsewhere.</summary>
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Reason;

    /// <summary>Path of the compiler, or null.</summary>
    public static string? Compiler { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(folder => new[] { "cc", "gcc" }.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Why such tests are skipped, or null.</summary>
    public static string? Reason =>
        !OperatingSystem.IsLinux() ? "The stand-in library is built on Linux only"
        : Compiler is null ? "No compiler for C (cc or gcc) is on this machine"
        : null;
}

/// <summary>As <see cref="CompilerFactAttribute"/>, with data.</summary>
internal sealed class CompilerTheoryAttribute : TheoryAttribute
{
    public CompilerTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = CompilerFactAttribute.Reason;
}
