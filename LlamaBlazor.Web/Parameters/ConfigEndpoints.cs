using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters;

/// <summary><c>/api/models/{id}/config</c>, <c>/api/models/{id}/command</c> and <c>/api/server-config</c>.</summary>
internal static class ConfigEndpoints
{
    /// <summary>Maps <c>/api/server-config</c>, and config and command below <c>/api/models/{id}</c>.</summary>
    public static void MapConfig(this IEndpointRouteBuilder app)
    {
        var model = app.MapGroup("/api/models/{id}").WithTags("Configuration");
        model.MapGet("/config", GetAllAsync);
        model.MapGet("/config/{section}", GetAsync);
        model.MapPatch("/config/{section}", PatchAsync);
        model.MapGet("/command", CommandAsync);
        var server = app.MapGroup("/api/server-config").WithTags("Server");
        server.MapGet(
            "",
            async (ParameterStore store, ParameterCatalogue catalogue, EngineDirectory engines, CancellationToken cancellation) =>
                await ServerAsync(store, catalogue, engines, cancellation)
        );
        server.MapPatch("", PatchServerAsync);
    }

    private static async Task<IResult> GetAllAsync(
        string id,
        ModelStore models,
        ParameterStore store,
        ParameterCatalogue catalogue,
        IDbContextFactory<LlamaDbContext> contexts,
        CancellationToken cancellation
    )
    {
        if (
            await models.FindAsync(id, cancellation) is not { } model
            || await store.ReadAsync(model.Id, cancellation) is not { } configuration
        )
            return ApiResults.Problem(ModelStore.Unknown(id));
        var answer = ConfigSection.OfModel.ToDictionary(
            section => section,
            object? (section) =>
                catalogue
                    .SectionOfModel(section)
                    .ToDictionary(
                        definition => definition.Column,
                        definition => ConfigJson.Write(definition, configuration.Own.Get(definition.Column))
                    )
        );
        answer["fit_params"] = await contexts.ReadAsync(
            context => context.FitParams.FirstOrDefaultAsync(fit => fit.ModelId == model.Id, cancellation),
            cancellation
        );
        return Results.Ok(answer);
    }

    private static async Task<IResult> GetAsync(
        string id,
        string section,
        ModelStore models,
        ParameterStore store,
        ParameterCatalogue catalogue,
        EngineDirectory engines,
        CancellationToken cancellation
    )
    {
        if (!ConfigSection.OfModel.Contains(section))
            return ApiResults.Problem(UnknownSection(section));
        if (
            await models.FindAsync(id, cancellation) is not { } model
            || await store.ReadAsync(model.Id, cancellation) is not { } configuration
        )
            return ApiResults.Problem(ModelStore.Unknown(id));
        return Results.Ok(
            ConfigJson.Write(
                catalogue.SectionOfModel(section),
                configuration.Own.Get,
                configuration.Effective,
                configuration.Rows.GetValueOrDefault(section),
                await engines.CountDevicesAsync(configuration.EnginePath, cancellation, configuration.Variables)
            )
        );
    }

    private static async Task<IResult> PatchAsync(
        string id,
        string section,
        JsonElement body,
        ModelStore models,
        ParameterStore store,
        ParameterCatalogue catalogue,
        EngineDirectory engines,
        CancellationToken cancellation
    )
    {
        if (!ConfigSection.OfModel.Contains(section))
            return ApiResults.Problem(UnknownSection(section));
        if (await models.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        return await SaveAsync(store, catalogue, model.Id, section, body, cancellation) is { } failure
            ? ApiResults.Problem(failure)
            : await GetAsync(id, section, models, store, catalogue, engines, cancellation);
    }

    private static async Task<IResult> PatchServerAsync(
        JsonElement body,
        ParameterStore store,
        ParameterCatalogue catalogue,
        EngineDirectory engines,
        CancellationToken cancellation
    ) =>
        await SaveAsync(store, catalogue, null, ConfigSection.Server, body, cancellation) is { } failure
            ? ApiResults.Problem(failure)
            : await ServerAsync(store, catalogue, engines, cancellation);

    // Errors of reading and errors of rules are answered together, so that a form can show all of them at once.
    private static async Task<Failure?> SaveAsync(
        ParameterStore store,
        ParameterCatalogue catalogue,
        long? modelId,
        string section,
        JsonElement body,
        CancellationToken cancellation
    )
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Failure.Invalid("body", "A JSON object of settings is needed.");
        var change = ConfigJson.Read(
            section,
            modelId is null ? catalogue.Section(section) : catalogue.SectionOfModel(section),
            body,
            out var errors
        );
        if (errors.Count == 0)
            return (await store.SaveAsync(modelId, [change], cancellation)).Failure;
        foreach (var (field, messages) in SectionRules.Check(catalogue, modelId is not null, change, _ => null))
            errors.TryAdd(field, messages);
        return Failure.Invalid(errors);
    }

    private static async Task<IResult> ServerAsync(
        ParameterStore store,
        ParameterCatalogue catalogue,
        EngineDirectory engines,
        CancellationToken cancellation
    )
    {
        var server = await store.ReadServerAsync(cancellation);
        var effective = new EffectiveParameters(server.Values, ParameterSet.Empty);
        return Results.Ok(
            ConfigJson.Write(
                catalogue.Section(ConfigSection.Server),
                server.Values.Get,
                effective,
                server.Row,
                await engines.CountDevicesAsync(null, cancellation)
            )
        );
    }

    private static async Task<IResult> CommandAsync(
        string id,
        ModelStore models,
        LaunchCommandFactory commands,
        CancellationToken cancellation
    )
    {
        if (await models.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        return (await commands.PreviewAsync(model.Id, cancellation)).ToApi(command =>
            Results.Ok(
                new CommandAnswer(
                    command.Executable,
                    command.ShownArguments,
                    command.ShownEnvironment,
                    ShellText.Bash(command),
                    command.Warnings
                )
            )
        );
    }

    private static Failure UnknownSection(string section) =>
        Failure.NotFound($"There is no section '{section}'. Sections: {string.Join(", ", ConfigSection.OfModel)}.");
}

/// <summary>The command of a model.</summary>
/// <param name="Executable">Path of the engine.</param>
/// <param name="Arguments">The argument vector, exactly, but for the values of flags whose names tell that they are secrets.</param>
/// <param name="Environment">The variables it gets; secrets masked.</param>
/// <param name="Display">The same as a line for bash.</param>
/// <param name="Warnings">Settings that were left out.</param>
internal sealed record CommandAnswer(
    string Executable,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Display,
    IReadOnlyList<string> Warnings
);
