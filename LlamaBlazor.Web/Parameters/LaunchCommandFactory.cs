using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Models.Downloads;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Makes the command that starts a model's engine, from everything that is set for it.</summary>
internal sealed class LaunchCommandFactory(ConfigReader reader, EngineLocator engines, EngineProbe probe, CommandLineBuilder builder, LaunchSettingsStore settings, DraftDownloads drafts, DataFolder folder)
{
    /// <summary>The command that starts a model on a port of loopback. A draft model that is named by its address is downloaded first.</summary>
    /// <returns>Not found for an unknown model; invalid when nothing says where its weights are; unavailable without an engine or its draft model.</returns>
    public Task<Result<LaunchCommand>> CreateAsync(long modelId, int port, CancellationToken cancellation) => CreateAsync(modelId, port, download: true, cancellation);

    /// <summary>The command as it would be for the first port of the range: a real start takes the first free one. Downloads nothing.</summary>
    public async Task<Result<LaunchCommand>> PreviewAsync(long modelId, CancellationToken cancellation)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        return await CreateAsync(modelId, LaunchSettingsRules.ParsePorts(range)?.First ?? 0, download: false, cancellation).ConfigureAwait(false);
    }

    private async Task<Result<LaunchCommand>> CreateAsync(long modelId, int port, bool download, CancellationToken cancellation)
    {
        if (await reader.ReadAsync(modelId, cancellation).ConfigureAwait(false) is not { } configuration)
            return Failure.NotFound($"There is no model with the id {modelId}.");
        var engine = await engines.FindAsync(configuration.EnginePath, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess)
            return engine.Failure!;
        var draftUrl = DraftUrl(configuration.Effective);
        if (draftUrl is not null && download && (await drafts.EnsureAsync(draftUrl, null, cancellation).ConfigureAwait(false)).Failure is { } missing)
            return missing;
        var asked = await probe.ProbeAsync(engine.Value, again: false, cancellation).ConfigureAwait(false);
        return Build(configuration, engine.Value, asked, new LaunchPlan(port) { DraftPath = draftUrl is null ? null : drafts.PathOf(draftUrl) });
    }

    private Result<LaunchCommand> Build(ModelConfiguration configuration, EngineCommand engine, Result<EngineCapabilities> asked, LaunchPlan plan)
    {
        var model = configuration.Model;
        if (model is { ModelPath: null or "", HfRepo: null or "", ModelUrl: null or "", DockerRepo: null or "" })
            return Failure.Invalid("model_path", $"{model.Name} names no file, repository or address to load. Set the model file on the Core tab.");
        plan = plan with { DownloadPath = Path.Combine(folder.Root, "downloads", model.Uid + ".gguf"), Engine = asked.IsSuccess ? asked.Value : null };
        var command = builder.Build(engine.Path, engine.Prefix, configuration.Effective, plan);
        command = command with { Warnings = [.. command.Warnings, .. MissingPaths(configuration.Effective)] };
        if (plan.DraftPath is { } draft && !File.Exists(draft))
            command = command with { Warnings = [.. command.Warnings, "The draft model is downloaded at the first start, which takes longer."] };
        return asked.IsSuccess ? command : command with { Warnings = [$"It is not known which flags the engine has. {asked.Failure!.Message}", .. command.Warnings] };
    }

    // The address of a draft model, where nothing else names one.
    private static string? DraftUrl(EffectiveParameters parameters)
    {
        string? Find(string column) => parameters.Find(ParameterCatalogue.Current.FindColumn(column)!) as string;
        return Find("model_draft") is null && Find("hf_repo_draft") is null ? Find("model_url_draft") : null;
    }

    private static IEnumerable<string> MissingPaths(EffectiveParameters parameters) =>
        ParameterPaths.Missing(ParameterCatalogue.Current.Columns.Where(definition => definition.Flag is not null), parameters.Find)
            .Select(pair => $"{ParameterCatalogue.Current.FindColumn(pair.Key)!.Label}: {pair.Value}");
}
