using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>How containers are run: configuration section <c>LlamaBlazor:Containers</c> (product.md 16).</summary>
/// <param name="Runtime">Path or name of podman or docker, or null to look for one in <c>PATH</c>.</param>
/// <param name="OciRuntime">Low-level runtime, such as runc, or null for the usual one.</param>
/// <param name="ExtraArguments">Added to each <c>create</c>, such as <c>--network=host</c>.</param>
internal sealed record ContainerOptions(string? Runtime, string? OciRuntime, IReadOnlyList<string> ExtraArguments)
{
    private const string Section = "LlamaBlazor:Containers";

    // What the dashboard itself decides: with another name, label or image it would not know its own containers again.
    private static readonly string[] Ours = ["--name", "--label", "--detach", "-d", "--rm", "--pull", "--publish", "-p"];

    /// <summary>Reads and checks the section. The extra arguments are a list, or one text as a shell would split it.</summary>
    /// <exception cref="StartupException">An extra argument is one of ours; the message names its key.</exception>
    public static ContainerOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var extra = section.GetSection(nameof(ExtraArguments));
        IReadOnlyList<string> words = extra.Value is { Length: > 0 } text ? ShellWords.Split(text) : extra.Get<string[]>() ?? [];
        return words.FirstOrDefault(word => Ours.Contains(word.Split('=')[0])) is { } refused
            ? throw new StartupException(
                $"{Section}:{nameof(ExtraArguments)} has '{refused}', which the dashboard decides itself. Leave it out."
            )
            : new ContainerOptions(Filled(section[nameof(Runtime)]), Filled(section[nameof(OciRuntime)]), words);
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
