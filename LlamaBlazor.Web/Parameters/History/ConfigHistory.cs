using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.History;

/// <summary>What was saved when, and how to take it back.</summary>
internal sealed class ConfigHistory(
    IDbContextFactory<LlamaDbContext> contexts,
    ParameterStore store,
    ParameterCatalogue catalogue,
    SecretProtector secrets
)
{
    private const string Forced = "forced";

    /// <summary>The latest saves of some sections, newest first.</summary>
    /// <param name="modelId">The model, or null for the server settings.</param>
    /// <param name="sections">Names of the sections.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<Revision>> ListAsync(
        long? modelId,
        IReadOnlyCollection<string> sections,
        int limit,
        CancellationToken cancellation
    )
    {
        return await contexts
            .ReadAsync<IReadOnlyList<Revision>>(
                async context =>
                {
                    var rows = await context
                        .Set<ConfigRevisionRow>()
                        .Where(row => row.ModelId == modelId && sections.Contains(row.Section))
                        .OrderByDescending(row => row.Id)
                        .Take(limit)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return [.. rows.Select(Read)];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Puts the settings that one save changed back to what they were before it. That is a save of its own.</summary>
    public async Task<Result<Revision>> UndoAsync(long? modelId, string section, long revision, CancellationToken cancellation)
    {
        var row = await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<ConfigRevisionRow>()
                        .FirstOrDefaultAsync(r => r.ModelId == modelId && r.Section == section && r.Revision == revision, cancellation),
                cancellation
            )
            .ConfigureAwait(false);
        if (row is null)
            return Failure.NotFound(
                $"There is no revision {revision} of the {section} settings; the last {SectionWriter.KeptRevisions} are kept."
            );
        using var before = JsonDocument.Parse(row.BeforeJson);
        var values = before
            .RootElement.EnumerateObject()
            .Where(property => property.Name != Forced)
            .ToDictionary(property => property.Name, property => Value(property.Name, property.Value));
        var edit = new SectionChange(section, values)
        {
            Forced = before.RootElement.TryGetProperty(Forced, out var forced)
                ? forced.ValueKind == JsonValueKind.Null
                    ? []
                    : ItemList.Read(forced.GetString()!)
                : null,
        };
        var saved = await store.SaveAsync(modelId, [edit], cancellation).ConfigureAwait(false);
        return saved.IsSuccess ? Read(row) : saved.Failure!;
    }

    private Revision Read(ConfigRevisionRow row)
    {
        using var before = JsonDocument.Parse(row.BeforeJson);
        using var after = JsonDocument.Parse(row.AfterJson);
        var changes = after
            .RootElement.EnumerateObject()
            .Select(property => new RevisionChange(
                property.Name,
                Shown(property.Name, before.RootElement.GetProperty(property.Name)),
                Shown(property.Name, property.Value)
            ));
        return new Revision(row.Section, row.Revision, row.CreatedAt, [.. changes]);
    }

    private object? Shown(string column, JsonElement stored) =>
        catalogue.FindColumn(column) is { } definition ? ConfigJson.Write(definition, Value(column, stored))
        : stored.ValueKind == JsonValueKind.Null ? Array.Empty<string>()
        : ItemList.Read(stored.GetString()!);

    private object? Value(string column, JsonElement stored) =>
        (stored.ValueKind, catalogue.FindColumn(column)!) switch
        {
            (JsonValueKind.Null, _) => null,
            (JsonValueKind.True or JsonValueKind.False, _) => stored.GetBoolean(),
            (JsonValueKind.Number, var definition) => definition.ValueType == typeof(long) ? stored.GetInt64() : (object)stored.GetDouble(),
            (_, var definition) => secrets.Open(definition, stored.GetString()),
        };
}

/// <summary>One save of a section.</summary>
/// <param name="Section">Name of the section.</param>
/// <param name="Number">The revision it made.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="Changes">What it changed.</param>
internal sealed record Revision(string Section, long Number, long CreatedAt, IReadOnlyList<RevisionChange> Changes);

/// <summary>One changed setting.</summary>
/// <param name="Field">Its column.</param>
/// <param name="Before">Value before, null where it was not set.</param>
/// <param name="After">Value after.</param>
internal sealed record RevisionChange(string Field, object? Before, object? After);
