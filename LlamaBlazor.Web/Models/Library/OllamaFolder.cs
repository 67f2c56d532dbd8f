using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>The models of Ollama: its manifests give the names, its blobs are the files. Only read.</summary>
internal static class OllamaFolder
{
    private const int ManifestBound = 10_000;
    private const int SizeBound = 64 << 10;

    /// <summary>Whether a folder is one of Ollama's.</summary>
    public static bool Is(string folder) =>
        Directory.Exists(Path.Combine(folder, "manifests")) && Directory.Exists(Path.Combine(folder, "blobs"));

    /// <summary>Its files; a blob that several manifests name has the first name in order.</summary>
    public static IEnumerable<ModelFile> Files(string folder, ScanErrors errors, CancellationToken cancellation)
    {
        var seen = new HashSet<string>();
        foreach (
            var manifest in Manifests(Path.Combine(folder, "manifests"), errors, cancellation)
                .OrderBy(manifest => manifest.Name, StringComparer.Ordinal)
        )
        {
            foreach (
                var (blob, name) in new[] { (manifest.ModelBlob, manifest.Name), (manifest.ProjectorBlob, manifest.Name + " projector") }
            )
            {
                var file = blob is null ? null : new FileInfo(Path.Combine(folder, "blobs", blob));
                if (file is { Exists: true } && seen.Add(file.FullName))
                    yield return new ModelFile(
                        file.FullName,
                        file.Length,
                        new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds(),
                        name
                    );
                else if (file is { Exists: false } && blob == manifest.ModelBlob)
                    errors.Add(
                        file.FullName,
                        $"Ollama's list names this file for {manifest.Name}, but it is not there. Pull the model again."
                    );
            }
        }
    }

    private static List<OllamaManifest> Manifests(string folder, ScanErrors errors, CancellationToken cancellation)
    {
        var manifests = new List<OllamaManifest>();
        try
        {
            foreach (
                var file in new DirectoryInfo(folder)
                    .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 6 })
                    .Take(ManifestBound)
            )
            {
                cancellation.ThrowIfCancellationRequested();
                if (
                    file.Length <= SizeBound
                    && OllamaManifest.Read(
                        Path.GetRelativePath(folder, file.FullName).Split(Path.DirectorySeparatorChar),
                        File.ReadAllBytes(file.FullName)
                    )
                        is { } manifest
                )
                    manifests.Add(manifest);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(folder, FolderWalker.Explain(error));
        }

        return manifests;
    }
}
