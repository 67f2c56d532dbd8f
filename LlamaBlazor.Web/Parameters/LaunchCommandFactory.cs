using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Makes the command that starts a model's engine, as a process or in a container, from everything that is set for it.</summary>
internal sealed class LaunchCommandFactory(
    ConfigReader reader,
    LaunchEngines engines,
    LaunchAssembler assembler,
    LaunchSettingsAccess settings,
    DraftDownloads drafts,
    AllowedPaths paths
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
        var found = await engines.FindAsync(configuration, cancellation).ConfigureAwait(false);
        if (!found.IsSuccess)
            return found.Failure!;
        var draftUrl = DraftUrl(configuration.Effective);
        if (
            draftUrl is not null
            && purpose == Purpose.Start
            && (await drafts.EnsureAsync(draftUrl, null, cancellation).ConfigureAwait(false)).Failure is { } missing
        )
            return missing;
        launch = launch with
        {
            Alias = purpose == Purpose.Router ? null : configuration.Model.Name,
            DraftPath = draftUrl is null ? null : drafts.PathOf(draftUrl),
        };
        return assembler.Assemble(
            configuration,
            found.Value,
            await engines.AskAsync(found.Value, cancellation).ConfigureAwait(false),
            launch
        );
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

    // The address of a draft model, where nothing else names one.
    private static string? DraftUrl(EffectiveParameters parameters)
    {
        string? Find(string column) => parameters.Find(ParameterCatalogue.Current.FindColumn(column)!) as string;
        return Find("model_draft") is null && Find("hf_repo_draft") is null ? Find("model_url_draft") : null;
    }
}
