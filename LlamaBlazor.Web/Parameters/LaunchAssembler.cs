using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Puts a command together from settings and an engine that is known, with what there is to say about it.</summary>
internal sealed class LaunchAssembler(CommandLineBuilder builder, ContainerCommands containers, DataFolder folder)
{
    /// <summary>The command; invalid when nothing says where the weights are.</summary>
    /// <param name="configuration">Everything that is set for the model.</param>
    /// <param name="chosen">Its engine.</param>
    /// <param name="asked">What that can do, or why nobody knows.</param>
    /// <param name="launch">Port, devices and names.</param>
    public Result<LaunchCommand> Assemble(
        ModelConfiguration configuration,
        LaunchEngine chosen,
        Result<EngineCapabilities> asked,
        LaunchPlan launch
    ) =>
        chosen.Container is { } plan
            ? Contain(configuration, plan, chosen.Engine, asked, launch)
            : Build(configuration, chosen.Engine, asked, launch);

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
