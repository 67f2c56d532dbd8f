using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Library;

/// <summary>
/// Finds the multimodal projector that belongs to a model, among the files of its own folder, else of the one above. Names decide: they
/// start alike once quantisation and
/// the word mmproj are taken away; a projector without a name of its own belongs to the folder's only model.
/// </summary>
public static class ProjectorPairing
{
    // llama.cpp's own advice for projectors: half precision is enough, less shows.
    private static readonly string[] Preference = ["F16", "BF16", "Q8_0", "F32"];

    /// <summary>The projector of a model, or null.</summary>
    /// <param name="modelPath">The model, or its first part.</param>
    /// <param name="projectors">Projectors of the same folder.</param>
    /// <param name="models">Models of the same folder, the one itself included.</param>
    public static string? Find(string modelPath, IReadOnlyCollection<string> projectors, IReadOnlyCollection<string> models)
    {
        var key = Key(modelPath);
        var lonely = models.Select(Key).Distinct().Count() == 1;
        return projectors
            .Select(path => (Path: path, Key: Key(path)))
            .Where(projector => lonely && projectors.Count == 1 || (projector.Key.Length == 0 ? lonely : Alike(projector.Key, key)))
            .OrderByDescending(projector => projector.Key.Length)
            .ThenBy(projector => Rank(projector.Path))
            .ThenBy(projector => projector.Path, StringComparer.Ordinal)
            .Select(projector => projector.Path)
            .FirstOrDefault();
    }

    /// <summary>
    /// The projector of the folder above, for models that lie in folders by their quantisation; null where it is not clear whose it is.
    /// </summary>
    /// <param name="modelPath">The model, or its first part.</param>
    /// <param name="projectors">Projectors of the folder above, which has no model of its own.</param>
    /// <param name="models">Models of all folders in that one, the one itself included.</param>
    public static string? FindAbove(string modelPath, IReadOnlyCollection<string> projectors, IReadOnlyCollection<string> models)
    {
        var isOneModel = models.Select(Key).Distinct().Count() == 1;
        return Find(
            modelPath,
            [.. projectors.Where(path => Key(path) is var own && (own.Length == 0 ? isOneModel : Alike(own, Key(modelPath))))],
            models
        );
    }

    private static string Key(string path) => ModelFileName.PairingKey(Path.GetFileName(path));

    private static bool Alike(string projector, string model) =>
        model.StartsWith(projector, StringComparison.Ordinal) || projector.StartsWith(model, StringComparison.Ordinal) && model.Length > 0;

    private static int Rank(string path) =>
        Array.IndexOf(Preference, ModelFileName.Quantization(Path.GetFileName(path))) is var rank and >= 0 ? rank : Preference.Length;
}
