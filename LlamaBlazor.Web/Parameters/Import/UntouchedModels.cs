using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Finds the row that a scan made for a file and that nobody has changed or used: what an import says of the file is then said of that
/// row.
/// </summary>
internal sealed class UntouchedModels(ParameterCatalogue catalogue, InstanceRegistry instances)
{
    /// <summary>The row, tracked, or null where there is none.</summary>
    /// <param name="context">The edit's.</param>
    /// <param name="file">The file.</param>
    /// <param name="taken">Rows that are not to be taken.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Model?> FindAsync(LlamaDbContext context, ScannedModel file, IReadOnlySet<long> taken, CancellationToken cancellation)
    {
        var name = ForeignPath.FileName(file.Entry.Path);
        var rows = await context
            .Models.Where(model => model.ModelPath != null && model.ModelPath.EndsWith(name))
            .OrderBy(model => model.Id)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        foreach (var row in rows.Where(row => !taken.Contains(row.Id) && IsSame(row.ModelPath!, file.Entry.Path) && IsFresh(row)))
        {
            if (await IsUntouchedAsync(context, row.Id, cancellation).ConfigureAwait(false))
                return row;
        }

        return null;
    }

    /// <summary>Whether a name is one that a scan gives to a file.</summary>
    public static bool IsOfScan(string name, string path)
    {
        var file = ModelFileName.ModelName(Path.GetFileName(path));
        var folder = Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } parent
            ? ModelFileName.ModelName($"{parent}/{file}")
            : file;
        return new[] { file, folder }.Any(given =>
            name == given || (name.StartsWith(given + "-", StringComparison.Ordinal) && name[(given.Length + 1)..].All(char.IsAsciiDigit))
        );
    }

    private bool IsFresh(Model row) =>
        row is { Revision: 0, Tags: null, Notes: null, Favorite: false, LastUsedAt: null }
        && row.FirstSeenAt == row.CreatedAt // those of old databases and other imports have times of their own
        && IsOfScan(row.Name, row.ModelPath!)
        && instances.Find(row.Id) is not { IsActive: true };

    // The library may hold the file by another of several ways that lead to it.
    private static bool IsSame(string known, string path)
    {
        try
        {
            return known == path || (File.Exists(known) && FileIdentity.Of(known) == FileIdentity.Of(path));
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Not the revisions alone: a copy of a model has its settings, and none of its history.
    private async Task<bool> IsUntouchedAsync(LlamaDbContext context, long id, CancellationToken cancellation)
    {
        if (await context.Set<ModelAliasRow>().AnyAsync(alias => alias.ModelId == id, cancellation).ConfigureAwait(false))
            return false;
        foreach (var section in ConfigSection.OfModel)
        {
            if (
                await ConfigRows.FindAsync(context, id, section, cancellation).ConfigureAwait(false) is { } row
                && (row.Revision > 0 || IsSet(section, row))
            )
                return false;
        }

        return true;
    }

    private bool IsSet(string section, IConfigRecord row)
    {
        var map = ColumnMap.For(row.GetType());
        return catalogue
            .SectionOfModel(section)
            .Any(definition =>
                definition.Column != "model_path" && map.Contains(definition.Column) && map.Get(row, definition.Column) is not null
            );
    }
}
