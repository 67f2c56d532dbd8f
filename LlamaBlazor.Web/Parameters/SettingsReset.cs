using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Clears all settings of a model, or of the server, in one transaction. What a model is and how it is run stays.</summary>
internal sealed class SettingsReset(ParameterStore store, ParameterCatalogue catalogue)
{
    /// <summary>What would be cleared; empty when nothing is set.</summary>
    public async Task<IReadOnlyList<SectionChange>> PlanAsync(long? modelId, CancellationToken cancellation)
    {
        var state = await FormState.ReadAsync(store, modelId, cancellation).ConfigureAwait(false);
        var set = (state?.Own ?? ParameterSet.Empty)
            .Values.Select(pair => catalogue.FindColumn(pair.Key))
            .OfType<ParameterDefinition>()
            .Where(definition => modelId is null || IsSetting(definition));
        return
        [
            .. set.GroupBy(definition => definition.Section!)
                .Select(group => new SectionChange(group.Key, group.ToDictionary(definition => definition.Column, object? (_) => null))
                {
                    Forced = [],
                    Revision = state!.Revisions.GetValueOrDefault(group.Key),
                }),
        ];
    }

    /// <summary>Clears what was planned; a conflict when somebody has saved meanwhile.</summary>
    public Task<Result<IReadOnlyDictionary<string, long>>> ApplyAsync(
        long? modelId,
        IReadOnlyList<SectionChange> changes,
        CancellationToken cancellation
    ) => store.SaveAsync(modelId, changes, cancellation);

    private static bool IsSetting(ParameterDefinition definition) =>
        definition.Section != ConfigSection.Runtime && definition.Group is not ("Source" or "Identity");
}
