using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Saves settings: checks them, keeps a history, and tells everybody. Sections saved together are saved in one transaction or not
/// at all.</summary>
internal sealed class ParameterStore(ConfigReader reader, SectionWriter sections, DatabaseWriter writer, Broadcast<ConfigChanged> changes)
{
    /// <summary>Tells of each saved section.</summary>
    public Broadcast<ConfigChanged> Changes => changes;

    /// <summary>What is set for a model, or null when there is no such model.</summary>
    public Task<ModelConfiguration?> ReadAsync(long modelId, CancellationToken cancellation = default) =>
        reader.ReadAsync(modelId, cancellation);

    /// <summary>The server settings.</summary>
    public Task<ServerConfiguration> ReadServerAsync(CancellationToken cancellation = default) => reader.ReadServerAsync(cancellation);

    /// <summary>Saves edits of a model, or of the server settings where <paramref name="modelId"/> is null.</summary>
    /// <returns>The saved revisions by section. Invalid with every bad field; conflict when somebody else saved meanwhile; not found
    /// without the model.</returns>
    public async Task<Result<IReadOnlyDictionary<string, long>>> SaveAsync(
        long? modelId,
        IReadOnlyList<SectionChange> edits,
        CancellationToken cancellation = default
    )
    {
        var result = await writer
            .ExecuteAsync<Result<IReadOnlyDictionary<string, long>>>(
                async (context, token) =>
                {
                    var plans = new List<SectionPlan>();
                    foreach (var edit in edits)
                        plans.Add(await sections.PlanAsync(context, modelId, edit, token).ConfigureAwait(false));
                    if (Refuse(plans) is { } failure)
                        return failure;
                    var revisions = new Dictionary<string, long>();
                    foreach (var plan in plans)
                        revisions[plan.Edit.Section] = await sections.ApplyAsync(context, modelId, plan, token).ConfigureAwait(false);
                    return revisions;
                },
                cancellation
            )
            .ConfigureAwait(false);
        foreach (var (section, revision) in result.IsSuccess ? result.Value : new Dictionary<string, long>())
            changes.Publish(new ConfigChanged(modelId, section, revision));
        return result;
    }

    private static Failure? Refuse(List<SectionPlan> plans)
    {
        if (plans.FirstOrDefault(plan => plan.Failure is { Kind: not FailureKind.Invalid }) is { } refused)
            return refused.Failure;
        var errors = plans
            .SelectMany(plan => plan.Failure?.Errors ?? new Dictionary<string, string[]>())
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}
