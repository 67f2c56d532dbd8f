namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>How to start this very program once more, with another word in front: the simulated engine is a word of ours.</summary>
internal static class OwnProgram
{
    /// <summary>The word that turns the program into the simulated engine (product.md 15).</summary>
    public const string SimulatorWord = "simulate-llama-server";

    /// <summary>
    /// The executable, and what goes before the arguments: nothing when we run as our own executable, the path of our assembly when
    /// <c>dotnet</c> runs us (also in tests, where the entry assembly is the runner's).
    /// </summary>
    public static (string Path, IReadOnlyList<string> Prefix) Find()
    {
        var assembly = typeof(OwnProgram).Assembly.Location;
        var running = Environment.ProcessPath;
        var name = Path.GetFileNameWithoutExtension(assembly);
        if (Path.GetFileName(running) is { } own && (own == name || own.Equals($"{name}.exe", StringComparison.OrdinalIgnoreCase)))
            return (running!, []);
        var isDotnet =
            running is not null && Path.GetFileNameWithoutExtension(running).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var dotnet = isDotnet ? running! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return (dotnet, [assembly]);
    }
}
