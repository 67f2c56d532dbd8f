namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Where the weights come from. Several places may be filled in; one is used: a file, else a Hugging Face repository, else an address, else
/// a Docker
/// repository. An address or a Docker repository alone would start a router, so they come with the path to download to: the file's, where
/// one is named that is
/// not there yet. Beside a file that is there they say nothing, because the engine would download over it.
/// </summary>
/// <param name="Values">Columns to emit with their values, in order.</param>
/// <param name="Warnings">What was left out.</param>
internal sealed record ModelSource(IReadOnlyList<(string Column, string Value)> Values, IReadOnlyList<string> Warnings)
{
    /// <summary>The columns that name a place.</summary>
    public static IReadOnlySet<string> Columns { get; } =
        new HashSet<string> { "model_path", "hf_repo", "hf_file", "model_url", "docker_repo" };

    private static readonly string[] Order = ["model_path", "hf_repo", "model_url", "docker_repo"];

    public static ModelSource Choose(Func<string, string?> find, string? downloadPath, bool hasFile)
    {
        var given = Order.Where(column => find(column) is not null).ToList();
        if (given.Count == 0)
            return new ModelSource([], []);
        if (given is ["model_path", "model_url" or "docker_repo", ..] && !hasFile)
        {
            downloadPath = find("model_path");
            given.RemoveAt(0);
        }

        var used = given[0];
        var values = new List<(string, string)>();
        if (used is "model_url" or "docker_repo" && downloadPath is not null)
            values.Add(("model_path", downloadPath));
        values.Add((used, find(used)!));
        if (used == "hf_repo" && find("hf_file") is { } file)
            values.Add(("hf_file", file));
        return new ModelSource(values, [.. given.Skip(1).Select(column => $"{column} is not used, because {used} is set.")]);
    }
}
