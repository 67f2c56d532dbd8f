using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import.Yaml;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Reads the services of a compose file as the commands of a container runtime that they amount to.</summary>
internal static partial class ComposeFile
{
    // What is a matter of the container alone.
    private static readonly HashSet<string> Used =
    [
        "image",
        "command",
        "entrypoint",
        "environment",
        "volumes",
        "ports",
        "working_dir",
        "env_file",
    ];

    /// <summary>Whether a text is such a file.</summary>
    public static bool LooksLikeOne(string text) => Services().IsMatch(text);

    /// <summary>Its services that run llama-server; others are left out with the reason.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="parser">Reads commands.</param>
    /// <param name="root">The file.</param>
    /// <param name="environment">Value of a variable of this machine, or null.</param>
    public static Result<PresetPlan> Read(
        ParameterCatalogue catalogue,
        CommandLineParser parser,
        YamlValue root,
        Func<string, string?> environment
    )
    {
        if (root is not YamlMap file || file.Map("services") is not { } services || services.Pairs.Count > PresetImport.Bound)
            return Failure.Invalid("text", $"'services' must be a list of names, each with its image, at most {PresetImport.Bound}.");
        var (models, problems) = (new List<PresetModel>(), new List<NotUnderstood>());
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in services.Pairs)
        {
            if (value is not YamlMap service)
            {
                problems.Add(new NotUnderstood(name, "This service says nothing."));
                continue;
            }

            var parsed = parser.Parse(
                [.. Words(service, text => VariableText.Fill(text, environment))],
                word => word.Contains("${", StringComparison.Ordinal)
            );
            if (service["image"] is null)
                parsed.Image = null;
            var plan = ImportPlanner.Plan(catalogue, parsed);
            plan = plan with { NotUnderstood = [.. plan.NotUnderstood, .. Reports(service)] };
            if (service["entrypoint"] is YamlText entry)
                plan = plan with { Refused = plan.Refused ?? ImportPlanner.RefuseOpenQuote(ShellWords.FindOpenQuote(entry.Lines)) };
            if (service["command"] is YamlText command)
                plan = plan with { Refused = plan.Refused ?? ImportPlanner.RefuseOpenQuote(ShellWords.FindOpenQuote(command.Lines)) };
            var own = plan.Name ?? (plan.HasSource ? ModelImport.NameOf(plan) : name);
            models.Add(new PresetModel(taken.Add(own) || !taken.Add(name) ? own : name, plan)); // several of one file are told apart
        }

        problems.AddRange(
            file.Pairs.Where(pair => pair.Key is not ("services" or "version" or "name"))
                .Select(pair => new NotUnderstood(pair.Key, "It is a matter of the containers, and no setting of a model."))
        );
        return new PresetPlan(models, problems);
    }

    private static IEnumerable<string> Words(YamlMap service, Func<string, string> fill)
    {
        List<string> words = ["docker", "run"];
        foreach (var variable in Variables(service))
            words.AddRange(["-e", fill(variable)]);
        foreach (var volume in Volumes(service))
            words.AddRange(["-v", fill(volume)]);
        foreach (var port in service.Texts("ports"))
            words.AddRange(["-p", fill(port)]);
        foreach (var file in service.Texts("env_file"))
            words.AddRange(["--env-file", fill(file)]);
        if (service.Text("working_dir") is { } folder)
            words.AddRange(["-w", fill(folder)]);
        return
        [
            .. words,
            fill(service.Text("image") ?? "image"),
            .. Command(service, "entrypoint", fill),
            .. Command(service, "command", fill),
        ];
    }

    // A list is words, a text is a line of a shell.
    private static IEnumerable<string> Command(YamlMap service, string key, Func<string, string> fill) =>
        service[key] switch
        {
            YamlList list => list.Items.OfType<YamlText>().Select(item => fill(item.Text)),
            YamlText { IsNull: false } text => ShellWords.Split(fill(text.Lines)),
            _ => [],
        };

    private static IEnumerable<string> Variables(YamlMap service) =>
        service["environment"] is YamlMap map
            ? map.Pairs.Select(pair => $"{pair.Key}={(pair.Value as YamlText)?.Text}")
            : service.Texts("environment");

    private static IEnumerable<string> Volumes(YamlMap service) =>
        service["volumes"] is not YamlList list
            ? []
            : list
                .Items.Select(item =>
                    item switch
                    {
                        YamlText text => text.Text,
                        YamlMap map when map.Text("source") is { } source && map.Text("target") is { } target => $"{source}:{target}",
                        _ => null,
                    }
                )
                .OfType<string>();

    // An item of a form that is not read says nothing where it stands.
    private static IEnumerable<NotUnderstood> Reports(YamlMap service) =>
        Keys(service)
            .Concat(
                ((service["volumes"] as YamlList)?.Items ?? [])
                    .Where(item => item is not YamlText && (item as YamlMap)?.Text("source") is null)
                    .Take(1)
                    .Select(_ => new NotUnderstood("volumes", "A volume without a source is a matter of the container."))
            );

    private static IEnumerable<NotUnderstood> Keys(YamlMap service) =>
        service
            .Pairs.Select(pair => pair.Key)
            .Where(key => !Used.Contains(key))
            .Select(key => new NotUnderstood(
                key,
                key is "deploy" or "runtime" or "gpus" or "devices"
                    ? "GPUs are chosen on the GPU tab of the model."
                    : "It is a matter of the container, and no setting of the model."
            ));

    [GeneratedRegex(@"^[""']?services[""']?\s*:", RegexOptions.Multiline)]
    private static partial Regex Services();
}
