using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import.Yaml;
using LlamaBlazor.Web.Shared.Feedback;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Tells by its form what a pasted text is, reads it, and finds the files it names on this machine.</summary>
internal sealed class ImportReader(ParameterCatalogue catalogue, ImportPaths paths, TimeProvider clock)
{
    private readonly CommandLineParser _parser = new(
        catalogue,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Environment.ProcessorCount
    );

    /// <summary>Whether a text is a file that names models, rather than a command.</summary>
    public static bool IsFile(string text) =>
        Bare(text) is var bare && (LlamaSwapFile.LooksLikeOne(bare) || ComposeFile.LooksLikeOne(bare) || SystemdUnit.LooksLikeOne(bare));

    /// <summary>
    /// The models of a file: a llama-swap configuration, a compose file, a unit of systemd, or a preset of llama-server's router.
    /// </summary>
    public async Task<Result<PresetPlan>> ReadFileAsync(string text, CancellationToken cancellation)
    {
        var read = await Task.Run(() => ReadFile(Bare(text), cancellation), cancellation).ConfigureAwait(false);
        if (!read.IsSuccess)
            return read;
        var found = await paths.ResolveAsync([.. read.Value.Models.Select(model => model.Plan)], cancellation).ConfigureAwait(false);
        return read.Value with
        {
            Models =
            [
                .. read.Value.Models.Zip(found, (model, plan) => model with { Plan = ImportPlanner.WithoutRefused(catalogue, plan) }),
            ],
        };
    }

    /// <summary>A command, or a script that holds one.</summary>
    public async Task<ImportPlan> ReadCommandAsync(string text, CancellationToken cancellation)
    {
        var plan = await Task.Run(() => ImportPlanner.Plan(catalogue, _parser.Parse(text)), cancellation).ConfigureAwait(false);
        return ImportPlanner.WithoutRefused(catalogue, (await paths.ResolveAsync([plan], cancellation).ConfigureAwait(false))[0]);
    }

    private Result<PresetPlan> ReadFile(string text, CancellationToken cancellation)
    {
        var (swap, compose) = (LlamaSwapFile.LooksLikeOne(text), ComposeFile.LooksLikeOne(text));
        if (!swap && !compose)
            return SystemdUnit.LooksLikeOne(text) ? ReadUnit(text) : ReadIni(text);
        var read = ReadYaml(text, swap, cancellation);
        return read.IsSuccess ? WithoutOthers(read.Value) : read;
    }

    // Other programs take the first document alone. Models of the others were meant too, so they are read as well.
    private Result<PresetPlan> ReadYaml(string text, bool swap, CancellationToken cancellation)
    {
        var documents = YamlReader.Read(text, clock, cancellation);
        if (!documents.IsSuccess)
            return documents.Failure!;
        var (models, problems) = (new List<PresetModel>(), new List<NotUnderstood>());
        var read = documents.Value.ConvertAll(root => ReadDocument(root, swap));
        if (!read.Exists(plan => plan.IsSuccess))
            return read[0];
        foreach (var (index, plan) in read.Index())
        {
            if (plan.IsSuccess)
            {
                models.AddRange(plan.Value.Models);
                problems.AddRange(plan.Value.Problems);
            }
            else if (documents.Value[index] is not YamlText { IsNull: true })
            {
                problems.Add(new NotUnderstood($"document {index + 1}", $"{FailureText.Of(plan.Failure!)} It was left out."));
            }
        }

        return models.Count > PresetImport.Bound
            ? Failure.Invalid("text", $"At most {PresetImport.Bound} models are read at once.")
            : new PresetPlan(models, problems);
    }

    private Result<PresetPlan> ReadDocument(YamlValue root, bool swap) =>
        (root as YamlMap)?["models"] is not null || (swap && (root as YamlMap)?["services"] is null)
            ? LlamaSwapFile.Read(catalogue, _parser, root, Environment.GetEnvironmentVariable)
            : ComposeFile.Read(catalogue, _parser, root, Environment.GetEnvironmentVariable);

    // Editors of Windows put a byte order mark in front.
    private static string Bare(string text) => text.TrimStart('\uFEFF');

    private PresetPlan ReadUnit(string text)
    {
        var (script, ignored, lost) = SystemdUnit.Read(text);
        var plan = ImportPlanner.Plan(catalogue, _parser.Parse(script));
        plan = plan with { Ignored = [.. plan.Ignored, .. ignored], NotUnderstood = [.. plan.NotUnderstood, .. lost] };
        return WithoutOthers(new PresetPlan([new PresetModel(plan.Name ?? ModelImport.NameOf(plan), plan)], []));
    }

    private Result<PresetPlan> ReadIni(string text)
    {
        var file = PresetIni.Read(catalogue, text);
        if (file.IsTooLarge)
            return Failure.Invalid(
                "text",
                $"At most {PresetIni.MaxLines:N0} lines, {PresetImport.Bound:N0} sections, {PresetIni.MaxKeys:N0} keys in each "
                    + $"and {PresetIni.MaxPairs:N0} in all are read, those of [*] counted for each model."
            );
        if (file.Sections.Count is 0 or > PresetImport.Bound)
            return Failure.Invalid(
                "text",
                file.Sections.Count == 0
                    ? "No [section] was found: each model of a preset file is one."
                    : $"At most {PresetImport.Bound} models are read at once."
            );
        var models = file.Sections.Select(section =>
        {
            var parsed = _parser.Parse([.. section.Words.Prepend("llama-server")]);
            if (section.Preload)
                parsed.Values["preload"] = true;
            // The router finds a section of this form in its cache.
            if (!ImportPlan.Sources.Any(parsed.Values.ContainsKey) && IsRepository(section.Name))
                parsed.Values["hf_repo"] = section.Name;
            return new PresetModel(section.Name, ImportPlanner.Plan(catalogue, parsed));
        });
        return WithoutOthers(new PresetPlan([.. models], file.Problems));
    }

    private bool IsRepository(string name) =>
        ParameterValidator.Check(catalogue, catalogue.FindColumn("hf_repo")!, name) is null && name.Contains(':');

    // What can never start is no model: other programs, and sections that only hold settings for others.
    private static PresetPlan WithoutOthers(PresetPlan plan)
    {
        var left = plan.Models.Where(model => Reason(model.Plan) is not null).ToList();
        return new PresetPlan(
            [.. plan.Models.Except(left)],
            [.. plan.Problems, .. left.Select(model => new NotUnderstood(model.Name, Reason(model.Plan)!))]
        );
    }

    private static string? Reason(ImportPlan plan) =>
        plan.Refused is { } other ? other.Errors!.Values.First()[0]
        : plan.HasSource || plan.Errors.ContainsKey("model_path") ? null
        : "It names no model file or repository, so it could never start and is left out. Its settings can be a template.";
}
