using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Reads settings out of the database, secrets opened.</summary>
internal sealed class ConfigReader(IDbContextFactory<LlamaDbContext> contexts, ParameterCatalogue catalogue, SecretProtector secrets)
{
    /// <summary>The settings in force for a model, or null when there is no such model.</summary>
    public async Task<ModelConfiguration?> ReadAsync(long modelId, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                    var rows = new Dictionary<string, IConfigRecord>();
                    foreach (var section in ConfigSection.OfModel)
                    {
                        if (await ConfigRows.FindAsync(context, modelId, section, cancellation).ConfigureAwait(false) is { } row)
                            rows[section] = row;
                    }

                    if (!rows.TryGetValue(ConfigSection.Model, out var model))
                        return null;
                    var server = await ConfigRows.FindServerAsync(context, cancellation).ConfigureAwait(false);
                    return new ModelConfiguration(
                        (Model)model,
                        rows,
                        server as ServerConfig,
                        Read(server is null ? [] : [(ConfigSection.Server, server)]),
                        Read(rows.Select(pair => (pair.Key, pair.Value)))
                    );
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>The server settings.</summary>
    public async Task<ServerConfiguration> ReadServerAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                    var row = (ServerConfig?)await ConfigRows.FindServerAsync(context, cancellation).ConfigureAwait(false);
                    return new ServerConfiguration(row, Read(row is null ? [] : [(ConfigSection.Server, row)]));
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private ParameterSet Read(IEnumerable<(string, IConfigRecord)> rows)
    {
        var stored = ParameterSet.Read(catalogue, rows);
        return new ParameterSet(
            stored.Values.Select(pair => KeyValuePair.Create(pair.Key, secrets.Open(catalogue.FindColumn(pair.Key), pair.Value)!)),
            stored.Forced
        );
    }
}

/// <summary>What is set for one model.</summary>
/// <param name="Model">Its row.</param>
/// <param name="Rows">Rows by section; sections never saved may be missing.</param>
/// <param name="ServerRow">The row of the server settings, or null.</param>
/// <param name="Server">The server settings.</param>
/// <param name="Own">The model's own values.</param>
internal sealed record ModelConfiguration(
    Model Model,
    IReadOnlyDictionary<string, IConfigRecord> Rows,
    ServerConfig? ServerRow,
    ParameterSet Server,
    ParameterSet Own
)
{
    /// <summary>The values in force.</summary>
    public EffectiveParameters Effective { get; } = new(Server, Own);

    /// <summary>Environment variables of its engine.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } =
        EngineVariables.Of(ParameterCatalogue.Current, new EffectiveParameters(Server, Own));

    /// <summary>The engine this model names, or null.</summary>
    public string? EnginePath => Runtime?.EnginePath;

    /// <summary>How the dashboard runs it, or null where nothing was ever set.</summary>
    public RuntimeConfig? Runtime => Rows.GetValueOrDefault(ConfigSection.Runtime) as RuntimeConfig;
}

/// <summary>The server settings.</summary>
/// <param name="Row">Their row, or null while nothing was ever set.</param>
/// <param name="Values">What is set.</param>
internal sealed record ServerConfiguration(ServerConfig? Row, ParameterSet Values)
{
    /// <summary>Environment variables of every engine.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } =
        EngineVariables.Of(ParameterCatalogue.Current, new EffectiveParameters(Values, ParameterSet.Empty));
}
