namespace LlamaBlazor.Tests.Support;

/// <summary>Engines of any age: scripts that print given texts for <c>--version</c>, <c>--help</c> and <c>--list-devices</c>, and else
/// become the simulated engine.</summary>
internal static class AgedEngine
{
    /// <summary>Writes one and returns its path.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="help">What <c>--help</c> prints; null for a code of 1 without a word.</param>
    /// <param name="version">What <c>--version</c> prints, on standard error as llama-server does.</param>
    /// <param name="before">Lines of shell that run first, such as a banner.</param>
    public static string Write(TempFolder folder, string? help, string version = "version: 9921 (edad86bbe)", string before = "")
    {
        var (helpFile, versionFile) = (folder.File($"help-{Guid.NewGuid():N}"), folder.File($"version-{Guid.NewGuid():N}"));
        File.WriteAllText(versionFile, version);
        if (help is not null)
            File.WriteAllText(helpFile, help);
        var engine = EngineScript.Write(folder, "load-ms=0");
        return EngineScript.WriteRaw(
            folder,
            $"""
            {before}
            for last in "$@"; do :; done
            case "$last" in
            --version) cat '{versionFile}' >&2; exit 0 ;;
            --help) cat '{helpFile}' 2>/dev/null; exit $? ;;
            --list-devices) echo 'Available devices:'; exit 0 ;;
            esac
            exec '{engine}' "$@"
            """
        );
    }
}
