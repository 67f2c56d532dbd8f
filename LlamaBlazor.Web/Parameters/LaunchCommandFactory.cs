using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Makes the command that starts a model's engine, from everything that is set for it.</summary>
internal sealed class LaunchCommandFactory(ConfigReader reader, EngineLocator engines, EngineProbe probe, CommandLineBuilder builder, LaunchSettingsStore settings, DataFolder folder)
{
    /// <summary>The command for a model on a port of loopback.</summary>
    /// <returns>Not found for an unknown model; invalid when nothing says where its weights are; unavailable without an engine.</returns>
    public async Task<Result<LaunchCommand>> CreateAsync(long modelId, int port, CancellationToken cancellation)
    {
        if (await reader.ReadAsync(modelId, cancellation).ConfigureAwait(false) is not { } configuration)
            return Failure.NotFound($"There is no model with the id {modelId}.");
        var engine = await engines.FindAsync(configuration.EnginePath, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess)
            return engine.Failure!;
        var asked = await probe.ProbeAsync(engine.Value, again: false, cancellation).ConfigureAwait(false);
        return Build(configuration, engine.Value, asked, port);
    }

    /// <summary>The command as it would be for the first port of the range: a real start takes the first free one.</summary>
    public async Task<Result<LaunchCommand>> PreviewAsync(long modelId, CancellationToken cancellation)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        return await CreateAsync(modelId, LaunchSettingsRules.ParsePorts(range)?.First ?? 0, cancellation).ConfigureAwait(false);
    }

    private Result<LaunchCommand> Build(ModelConfiguration configuration, EngineCommand engine, Result<EngineCapabilities> asked, int port)
    {
        var model = configuration.Model;
        if (model is { ModelPath: null or "", HfRepo: null or "", ModelUrl: null or "", DockerRepo: null or "" })
            return Failure.Invalid("model_path", $"{model.Name} names no file, repository or address to load. Set the model file on the Core tab.");
        var plan = new LaunchPlan(port) { DownloadPath = Path.Combine(folder.Root, "downloads", model.Uid + ".gguf"), Engine = asked.IsSuccess ? asked.Value : null };
        var command = builder.Build(engine.Path, engine.Prefix, configuration.Effective, plan);
        command = command with { Warnings = [.. command.Warnings, .. MissingPaths(configuration.Effective)] };
        return asked.IsSuccess ? command : command with { Warnings = [$"It is not known which flags the engine has. {asked.Failure!.Message}", .. command.Warnings] };
    }

    private static IEnumerable<string> MissingPaths(EffectiveParameters parameters) =>
        ParameterPaths.Missing(ParameterCatalogue.Current.Columns.Where(definition => definition.Flag is not null), parameters.Find)
            .Select(pair => $"{ParameterCatalogue.Current.FindColumn(pair.Key)!.Label}: {pair.Value}");
}
