using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// The model files that an import names and that are on this machine, with what their headers say. Read before the transaction, each once.
/// </summary>
internal sealed class ImportedFiles
{
    private readonly Dictionary<string, ScannedModel?> _files = new(StringComparer.Ordinal); // at most one an entry
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>Reads the headers; a path that leads to nothing here is left out.</summary>
    public static ImportedFiles Read(IEnumerable<string?> paths, CancellationToken cancellation)
    {
        var files = new ImportedFiles();
        foreach (
            var path in paths
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Where(path => Path.IsPathFullyQualified(path) && !path.Contains('\0') && File.Exists(path))
        )
            files.Add(path, cancellation);
        return files;
    }

    /// <summary>The file of a path, or null.</summary>
    public ScannedModel? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>Why the file of a path cannot be a model, or null.</summary>
    public string? Problem(string path) => _problems.GetValueOrDefault(path);

    private void Add(string path, CancellationToken cancellation)
    {
        try
        {
            var read = ScannedModel.Read(DiskEntry.Of(path), cancellation);
            if (read.IsSuccess)
                _files[path] = read.Value;
            else
                _problems[path] = $"'{path}': {read.Failure!.Message}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _problems[path] = $"'{path}': {FolderWalker.Explain(error)}";
        }
    }
}
