using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Makes the command that starts a model's engine, as a process or in a container, from everything that is set for it.</summary>
internal sealed class LaunchCommandFactory(
    ConfigReader reader,
    EngineLocator engines,
    EngineProbe probe,
    CommandLineBuilder builder,
    LaunchSettingsAccess settings,
    DraftDownloads drafts,
    AllowedPaths paths,
    ContainerCommands containers,
    DataFolder folder
)
{
    /// <summary>The command that starts a model on a port of loopback. A draft model that is named by its address is downloaded
    /// first.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="port">Port on loopback.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="gpus">Devices given to it, or null where its own setting decides.</param>
    /// <returns>Not found for an unknown model; invalid when nothing says where its weights are; unavailable without an engine or its draft
    /// model.</returns>
    public Task<Result<LaunchCommand>> CreateAsync(
        long modelId,
        int port,
        CancellationToken cancellation,
        IReadOnlyList<string>? gpus = null
    ) => CreateAsync(modelId, new LaunchPlan(port) { Devices = gpus }, Purpose.Start, cancellation);

    /// <summary>The command as it would be for the first port of the range: a real start takes the first free one. Downloads
    /// nothing.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="gpus">Devices given to it, or null where its own setting decides.</param>
    public async Task<Result<LaunchCommand>> PreviewAsync(long modelId, CancellationToken cancellation, IReadOnlyList<string>? gpus = null)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        var plan = new LaunchPlan(SettingRules.ParsePorts(range)?.First ?? 0) { Devices = gpus };
        return await CreateAsync(modelId, plan, Purpose.Preview, cancellation).ConfigureAwait(false);
    }

    /// <summary>The command as a router of llama-server would start the model: by the aliases of its settings alone, since the router knows
    /// the name.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Result<LaunchCommand>> ForRouterAsync(long modelId, CancellationToken cancellation) =>
        CreateAsync(modelId, new LaunchPlan(0), Purpose.Router, cancellation);

    private async Task<Result<LaunchCommand>> CreateAsync(long modelId, LaunchPlan launch, Purpose purpose, CancellationToken cancellation)
    {
        if (await reader.ReadAsync(modelId, cancellation).ConfigureAwait(false) is not { } configuration)
            return Failure.NotFound($"There is no model with the id {modelId}.");
        if (Refused(configuration.Effective) is { } forbidden)
            return forbidden;
        var isContainer = !engines.IsDemo && configuration.Runtime?.InstanceKind == ContainerKind.Container;
        var planned = isContainer
            ? await containers.PlanAsync(configuration.Runtime!, configuration.Variables, cancellation).ConfigureAwait(false)
            : default(Result<(ContainerPlan Plan, EngineCommand Engine)>?);
        if (planned?.Failure is { } failure)
            return failure;
        var found = planned is null
            ? await engines.FindAsync(configuration.EnginePath, cancellation).ConfigureAwait(false)
            : planned.Value.Value.Engine;
        if (!found.IsSuccess)
            return found.Failure!;
        var draftUrl = DraftUrl(configuration.Effective);
        if (
            draftUrl is not null
            && purpose == Purpose.Start
            && (await drafts.EnsureAsync(draftUrl, null, cancellation).ConfigureAwait(false)).Failure is { } missing
        )
            return missing;
        var engine = found.Value with { Variables = planned is null ? configuration.Variables : found.Value.Variables };
        var asked = await probe.ProbeAsync(engine, again: false, cancellation).ConfigureAwait(false);
        launch = launch with
        {
            Alias = purpose == Purpose.Router ? null : configuration.Model.Name,
            DraftPath = draftUrl is null ? null : drafts.PathOf(draftUrl),
        };
        return planned is { Value: var (plan, _) }
            ? Contain(configuration, plan, engine, asked, launch)
            : Build(configuration, engine, asked, launch);
    }

    // What is in the database may come from a restored one, or lead elsewhere by now.
    private Failure? Refused(EffectiveParameters parameters)
    {
        var refused = paths.Refused(ParameterCatalogue.Current.Columns, parameters.Find);
        if (refused.Count > 0)
            return Failure.Invalid(refused.ToDictionary(pair => pair.Key, pair => new[] { pair.Value }));
        paths.Prepare(parameters.Find);
        return null;
    }

    private enum Purpose
    {
        Start,
        Preview,
        Router,
    }

    private Result<LaunchCommand> Contain(
        ModelConfiguration configuration,
        ContainerPlan plan,
        EngineCommand engine,
        Result<EngineCapabilities> asked,
        LaunchPlan launch
    )
    {
        plan = plan with { Gpus = GpuNames.Numbers(launch.Devices), UsesGpu = launch.Devices is not { Count: 0 } };
        // A container that sees only some GPUs counts them from zero.
        var devices = launch.Devices is { Count: > 0 } gpus && plan.Gpus.Count > 0 ? GpuNames.Renumber(gpus) : launch.Devices;
        var built = Build(
            configuration,
            engine with
            {
                Prefix = [],
            },
            asked,
            launch with
            {
                Port = plan.EnginePort(launch.Port),
                Host = plan.EngineHost,
                Devices = devices,
                HasModelFile = true,
            }
        );
        return built.IsSuccess
            ? ContainerCommands.Wrap(
                plan,
                engine,
                built.Value,
                launch.Port,
                configuration.Model.ModelPath is { Length: > 0 } ? null : containers.Downloads()
            )
            : built;
    }

    private Result<LaunchCommand> Build(
        ModelConfiguration configuration,
        EngineCommand engine,
        Result<EngineCapabilities> asked,
        LaunchPlan plan
    )
    {
        var model = configuration.Model;
        if (model is { ModelPath: null or "", HfRepo: null or "", ModelUrl: null or "", DockerRepo: null or "" })
            return Failure.Invalid(
                "model_path",
                $"{model.Name} names no file, repository or address to load. Set the model file on the Core tab."
            );
        plan = plan with
        {
            HasModelFile = plan.HasModelFile || File.Exists(model.ModelPath),
            DownloadPath = Path.Combine(folder.Root, "downloads", model.Uid + ".gguf"),
            Engine = asked.IsSuccess ? asked.Value : null,
            IsBlind = !asked.IsSuccess,
        };
        var command = builder.Build(engine.Path, engine.Prefix, configuration.Effective, plan);
        var gpus = plan.Engine is { } known ? DeviceKinds.Gpus(known.Devices).Count : (int?)null;
        command = command with
        {
            MissingFiles = LaunchFiles.Of(configuration.Effective).Missing(),
            Warnings = [.. command.Warnings, .. MissingPaths(configuration.Effective), .. Conflicts(configuration.Effective, gpus)],
        };
        if (plan.DraftPath is { } draft && !File.Exists(draft))
            command = command with
            {
                Warnings = [.. command.Warnings, "The draft model is downloaded at the first start, which takes longer."],
            };
        return asked.IsSuccess
            ? command
            : command with
            {
                Warnings = [$"It is not known which flags the engine has. {asked.Failure!.Message}", .. command.Warnings],
            };
    }

    // The address of a draft model, where nothing else names one.
    private static string? DraftUrl(EffectiveParameters parameters)
    {
        string? Find(string column) => parameters.Find(ParameterCatalogue.Current.FindColumn(column)!) as string;
        return Find("model_draft") is null && Find("hf_repo_draft") is null ? Find("model_url_draft") : null;
    }

    // What the form says beside its fields, said here too.
    private static IEnumerable<string> Conflicts(EffectiveParameters parameters, int? devices) =>
        CrossFieldRules
            .Check(column => parameters.Find(ParameterCatalogue.Current.FindColumn(column)!), Label, devices)
            .Select(issue => $"{Label(issue.Column)}: {issue.Message}");

    private static string Label(string column) => ParameterCatalogue.Current.FindColumn(column)!.Label;

    private static IEnumerable<string> MissingPaths(EffectiveParameters parameters) =>
        ParameterPaths
            .Missing(ParameterCatalogue.Current.Columns.Where(definition => definition.Flag is not null), parameters.Find)
            .Select(pair => $"{Label(pair.Key)}: {pair.Value}");
}
