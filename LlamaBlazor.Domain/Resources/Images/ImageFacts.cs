using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Resources.Images;

/// <summary>What the container runtime of this machine knows of an image that is here.</summary>
/// <param name="Digest">Digest of its manifest in the registry, such as <c>sha256:…</c>; the image's own id where it came from
/// none.</param>
/// <param name="SizeBytes">Bytes on disk, unpacked.</param>
/// <param name="PythonVersion">Version of Python inside, where the image says it (<c>PYTHON_VERSION</c>), or null.</param>
/// <param name="ManifestJson">Id, platform, date and labels as a JSON object.</param>
public sealed record ImageFacts(string? Digest, long? SizeBytes, string? PythonVersion, string ManifestJson)
{
    private const string Python = "PYTHON_VERSION=";
    private const int LabelBound = 50;
    private const int TextBound = 500;

    /// <summary>Reads what <c>image inspect</c> of podman or docker prints: a JSON list with an object for each image.</summary>
    /// <param name="json">The text; anything else than such a list gives nothing.</param>
    /// <returns>The facts by each name with its tag that the image has.</returns>
    public static IReadOnlyDictionary<string, ImageFacts> ReadAll(string json)
    {
        var found = new Dictionary<string, ImageFacts>(StringComparer.Ordinal);
        var read = ForeignJson.Parse(json, ForeignJson.MaxDepth);
        if (!read.IsSuccess)
            return found;
        using var document = read.Value;
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            return found;
        foreach (var image in document.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
        {
            var facts = Of(image);
            foreach (var name in Texts(image, "RepoTags"))
                found[name] = facts;
        }

        return found;
    }

    private static ImageFacts Of(JsonElement image)
    {
        var digest =
            Texts(image, "RepoDigests").Select(name => name[(name.IndexOf('@', StringComparison.Ordinal) + 1)..]).FirstOrDefault()
            ?? Text(image, "Digest")
            ?? Text(image, "Id");
        var size =
            image.TryGetProperty("Size", out var bytes) && bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out var number)
                ? number
                : (long?)null;
        var config = image.TryGetProperty("Config", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : default;
        var python = Texts(config, "Env").FirstOrDefault(pair => pair.StartsWith(Python, StringComparison.Ordinal))?[Python.Length..];
        var manifest = new JsonObject
        {
            ["id"] = Text(image, "Id"),
            ["architecture"] = Text(image, "Architecture"),
            ["os"] = Text(image, "Os"),
            ["created"] = Text(image, "Created"),
            ["labels"] = Labels(config),
        };
        return new ImageFacts(digest, size, python, manifest.ToJsonString());
    }

    private static JsonObject Labels(JsonElement config)
    {
        var labels = new JsonObject();
        if (
            config.ValueKind != JsonValueKind.Object
            || !config.TryGetProperty("Labels", out var all)
            || all.ValueKind != JsonValueKind.Object
        )
            return labels;
        foreach (var label in all.EnumerateObject().Where(label => label.Value.ValueKind == JsonValueKind.String).Take(LabelBound))
            labels[label.Name] = Short(label.Value.GetString()!);
        return labels;
    }

    private static IEnumerable<string> Texts(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => Short(item.GetString()!))
            : [];

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Short(value.GetString()!) : null;

    private static string Short(string text) => text.Length > TextBound ? text[..TextBound] : text;
}
