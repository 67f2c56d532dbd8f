using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>Finds the command line of podman or docker.</summary>
internal sealed class ContainerProgram(ContainerOptions options)
{
    private static readonly string[] Usual = ["podman", "docker"];

    /// <summary>Path of the program, or null when there is none.</summary>
    public string? Path =>
        options.Runtime is { } named
            ? (System.IO.Path.IsPathFullyQualified(named) ? (File.Exists(named) ? named : null) : Launcher.Find(named))
            : Usual.Select(Launcher.Find).FirstOrDefault(found => found is not null);

    /// <summary>What the settings say.</summary>
    public ContainerOptions Options => options;

    /// <summary>Why there is none, with the next step.</summary>
    public Failure Missing =>
        Failure.Unavailable(
            options.Runtime is { } named
                ? $"The container runtime '{named}' of LlamaBlazor:Containers:Runtime was not found. Correct the path, or clear it to "
                    + "search PATH."
                : "No container runtime was found: neither podman nor docker is in PATH. Install one, or set "
                    + "LlamaBlazor:Containers:Runtime to its path."
        );
}
