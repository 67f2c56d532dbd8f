using System.Collections.Frozen;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>The engines in use: the one of the launch settings and those that models name.</summary>
internal sealed class EngineDirectory(
    EngineLocator locator,
    EngineProbe probe,
    ConfigReader reader,
    IDbContextFactory<LlamaDbContext> contexts,
    EngineTool tool,
    ParameterCatalogue catalogue,
    TimeProvider clock
)
{
    private static readonly FrozenDictionary<string, string> NoVariables = FrozenDictionary<string, string>.Empty;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What the engine of a model can do, or of the launch settings where the path is null.</summary>
    /// <param name="perModelPath">An engine's own path, or null for the default.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="variables">Environment variables of the model; null for those of the server settings.</param>
    public async Task<Result<EngineCapabilities>> FindAsync(
        string? perModelPath,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var engine = await LocateAsync(perModelPath, variables, cancellation).ConfigureAwait(false);
        return engine.IsSuccess ? await probe.ProbeAsync(engine.Value, again: false, cancellation).ConfigureAwait(false) : engine.Failure!;
    }

    /// <summary>GPUs that the engine of a model sees; null where it does not answer, or not soon: an answer about settings does not wait
    /// for it.</summary>
    public async Task<int?> CountDevicesAsync(
        string? perModelPath,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var engine = await FindAsync(perModelPath, soon.Token, variables).ConfigureAwait(false);
            return engine.IsSuccess ? DeviceKinds.Gpus(engine.Value.Devices).Count : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>All of them, the default first.</summary>
    /// <param name="again">True to ask each one now.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<EngineListing>> ListAsync(bool again, CancellationToken cancellation)
    {
        var answers = new List<EngineListing>();
        foreach (var (path, modelId) in await PathsAsync(cancellation).ConfigureAwait(false))
        {
            var engine = await LocateAsync(path, await VariablesAsync(modelId, cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
            var asked = engine.IsSuccess
                ? await probe.ProbeAsync(engine.Value, again, cancellation).ConfigureAwait(false)
                : engine.Failure!;
            answers.Add(
                Answer(
                    engine.IsSuccess ? engine.Value.Path : path,
                    path is null,
                    engine is { IsSuccess: true, Value.Simulated: true },
                    asked,
                    engine.IsSuccess ? engine.Value.Variables : NoVariables
                )
            );
        }

        return answers;
    }

    /// <summary>What an engine prints for one of its actions, such as <c>--list-devices</c>.</summary>
    /// <param name="path">An engine's own path, or null for the default.</param>
    /// <param name="action">A flag of the catalogue that prints something and stops.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<string>> AskAsync(string? path, string action, CancellationToken cancellation)
    {
        if (catalogue.FindFlag(action) is not { Emission: Emission.Action })
            return Failure.Invalid("action", $"{action} is not an action of llama-server. Choose one of: {string.Join(", ", Actions)}.");
        var known = (await PathsAsync(cancellation).ConfigureAwait(false)).Where(engine => engine.Path == path).ToList();
        if (known.Count == 0)
            return Failure.NotFound($"{path} is not an engine in use. Name it on the Settings page or for a model first.");
        var variables = await VariablesAsync(known[0].ModelId, cancellation).ConfigureAwait(false);
        var engine = await LocateAsync(path, variables, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess)
            return engine.Failure!;
        var run = await tool.RunAsync(engine.Value, action, cancellation).ConfigureAwait(false);
        return run.Match<Result<string>>(
            result => result.Output.Trim() is { Length: > 0 } text ? text : $"It printed nothing and ended with code {result.ExitCode}.",
            failure => failure
        );
    }

    /// <summary>The actions an engine has.</summary>
    public IReadOnlyList<string> Actions { get; } =
    [.. catalogue.Options.Where(option => option.Emission == Emission.Action).Select(option => option.Flag!)];

    private async Task<Result<EngineCommand>> LocateAsync(
        string? path,
        IReadOnlyDictionary<string, string>? variables,
        CancellationToken cancellation
    )
    {
        var engine = await locator.FindAsync(path, cancellation).ConfigureAwait(false);
        return engine.IsSuccess && variables is not null ? engine.Value with { Variables = variables } : engine;
    }

    private EngineListing Answer(
        string? path,
        bool isDefault,
        bool simulated,
        Result<EngineCapabilities> asked,
        IReadOnlyDictionary<string, string> variables
    ) =>
        asked.Match(
            engine => new EngineListing(
                path,
                isDefault,
                simulated,
                engine.Version,
                engine.Flags.Count,
                VisibleDevices.Place(engine.Devices, variables),
                Missing(engine),
                Unknown(engine),
                null,
                engine.Warnings
            ),
            failure => new EngineListing(path, isDefault, simulated, null, 0, [], [], [], failure.Message, [])
        );

    private IReadOnlyList<string> Unknown(EngineCapabilities engine) =>
        [.. engine.Flags.Where(flag => catalogue.FindFlag(flag) is null).Order(StringComparer.Ordinal)];

    private IReadOnlyList<string> Missing(EngineCapabilities engine) =>
        [.. catalogue.Columns.Where(definition => !engine.Supports(definition)).Select(definition => definition.Flag!)];

    // An engine that a model names may need that model's variables to run at all.
    private async Task<IReadOnlyDictionary<string, string>?> VariablesAsync(long? modelId, CancellationToken cancellation) =>
        modelId is { } id && await reader.ReadAsync(id, cancellation).ConfigureAwait(false) is { } model ? model.Variables : null;

    // The default, then those of models, each with the first model that names it.
    private async Task<List<(string? Path, long? ModelId)>> PathsAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<List<(string? Path, long? ModelId)>>(
                async context =>
                {
                    var own = await context
                        .Set<RuntimeConfig>()
                        .Where(runtime => runtime.EnginePath != null)
                        .GroupBy(runtime => runtime.EnginePath)
                        .Select(group => new { Path = group.Key, ModelId = group.Min(runtime => runtime.ModelId) })
                        .OrderBy(engine => engine.Path)
                        .Take(32)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return [(null, null), .. own.Select(engine => (engine.Path, (long?)engine.ModelId))];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }
}

/// <summary>What is known of an engine.</summary>
/// <param name="Path">Its path; null when none was found.</param>
/// <param name="IsDefault">True for the one of the launch settings.</param>
/// <param name="Simulated">True for the built-in simulated engine.</param>
/// <param name="Version">Its build, or null when it does not answer or was not understood.</param>
/// <param name="FlagCount">Spellings it lists.</param>
/// <param name="Devices">Devices it can offload to.</param>
/// <param name="Missing">Flags of settings that it lacks.</param>
/// <param name="Unknown">Flags it lists that the dashboard does not know; they can be set as other flags.</param>
/// <param name="Error">Why it is not known what it can do, or null. A start is tried all the same, without the user's own flags.</param>
/// <param name="Warnings">What was not understood of its answers; it is used all the same.</param>
internal sealed record EngineListing(
    string? Path,
    bool IsDefault,
    bool Simulated,
    string? Version,
    int FlagCount,
    IReadOnlyList<EngineDevice> Devices,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unknown,
    string? Error,
    IReadOnlyList<string> Warnings
);
