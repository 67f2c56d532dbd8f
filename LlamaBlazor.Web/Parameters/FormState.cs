using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>What a form shows: its own values over those it inherits.</summary>
internal sealed record FormState(
    ParameterSet Inherited,
    ParameterSet Own,
    IReadOnlyDictionary<string, long> Revisions,
    string? EnginePath,
    IReadOnlyDictionary<string, string> Variables
)
{
    /// <summary>Reads the state, or null when the model is gone.</summary>
    public static async Task<FormState?> ReadAsync(ParameterStore store, long? modelId, CancellationToken cancellation)
    {
        if (modelId is not { } id)
        {
            var server = await store.ReadServerAsync(cancellation).ConfigureAwait(false);
            return new FormState(
                ParameterSet.Empty,
                server.Values,
                new Dictionary<string, long> { [ConfigSection.Server] = server.Row?.Revision ?? 0 },
                null,
                server.Variables
            );
        }

        return await store.ReadAsync(id, cancellation).ConfigureAwait(false) is { } configuration
            ? new FormState(
                configuration.Server,
                configuration.Own,
                configuration.Rows.ToDictionary(pair => pair.Key, pair => pair.Value.Revision),
                configuration.EnginePath,
                configuration.Variables
            )
            : null;
    }
}
