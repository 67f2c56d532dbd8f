using System.Text.Json;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Whose a name is.</summary>
/// <param name="ModelId">The model; 0 for one that is about to be made.</param>
/// <param name="Model">Its name.</param>
/// <param name="IsAlias">True when the name is another one of that model.</param>
internal sealed record NameOwner(long ModelId, string Model, bool IsAlias);

/// <summary>
/// The names that clients send: those of models, and their aliases of all three places (<c>model_aliases</c>, <c>model_runtime.aliases</c>,
/// <c>--alias</c>).
/// Each belongs to one model, without regard to case. Also hands out free ones: a second file of the same name is called after its folder,
/// then numbered.
/// </summary>
internal sealed class ModelNames
{
    private readonly Dictionary<string, NameOwner> _owners = new(StringComparer.OrdinalIgnoreCase); // as many as models and aliases

    /// <summary>Starts with the names in use.</summary>
    public static async Task<ModelNames> LoadAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var models = await context
            .Models.AsNoTracking()
            .Select(model => new
            {
                model.Id,
                model.Name,
                model.Alias,
            })
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        var lists = await context
            .Set<RuntimeConfig>()
            .AsNoTracking()
            .Where(row => row.Aliases != null)
            .Select(row => new { row.ModelId, row.Aliases })
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        var rows = await context
            .Set<ModelAliasRow>()
            .AsNoTracking()
            .Select(row => new { row.ModelId, row.Name })
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        return Of(
            models.Select(model => (model.Id, model.Name, model.Alias)),
            lists.Select(list => (list.ModelId, list.Aliases)),
            rows.Select(row => (row.ModelId, row.Name))
        );
    }

    /// <summary>The same for work on the database itself.</summary>
    public static ModelNames Read(SqliteConnection connection) =>
        Of(
            Rows(
                connection,
                "SELECT id, name, alias FROM models",
                reader => (reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2))
            ),
            Rows(
                connection,
                "SELECT model_id, aliases FROM model_runtime WHERE aliases IS NOT NULL",
                reader => (reader.GetInt64(0), (string?)reader.GetString(1))
            ),
            Rows(connection, "SELECT model_id, name FROM model_aliases", reader => (reader.GetInt64(0), reader.GetString(1)))
        );

    /// <summary>Aliases as they are kept: <c>--alias</c> is a comma list, <c>model_runtime</c> has a JSON array.</summary>
    public static IReadOnlyList<string> Aliases(string? commaList, string? jsonArray)
    {
        var listed = commaList?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        try
        {
            return jsonArray is null ? listed : [.. listed, .. JsonSerializer.Deserialize<string[]>(jsonArray) ?? []];
        }
        catch (JsonException)
        {
            return listed;
        }
    }

    /// <summary>Whose a name is, or null where nobody has it.</summary>
    public NameOwner? Find(string name) => _owners.GetValueOrDefault(name.Trim());

    /// <summary>Why a name cannot be given, or null.</summary>
    /// <param name="name">The name.</param>
    /// <param name="modelId">The model that is to have it; what is that one's own is no hindrance.</param>
    public string? Refuse(string name, long modelId = 0) =>
        Find(name) switch
        {
            null => RefuseWildcard(name.Trim()),
            { } owner when owner.ModelId == modelId && modelId != 0 => null,
            { IsAlias: true } owner => $"'{name.Trim()}' is an alias of '{owner.Model}'. Choose another name, or remove that alias first.",
            _ => $"Another model is already called '{name.Trim()}'. Choose another name.",
        };

    // Which of two would be meant must not hang on chance.
    private string? RefuseWildcard(string name)
    {
        if (!name.Contains(WildcardName.Sign, StringComparison.Ordinal))
            return null;
        if (WildcardName.Read(name) is not { } wildcard)
            return $"'{name}' has more than one {WildcardName.Sign}. Use one, for any letters.";
        var rival = _owners.FirstOrDefault(pair => pair.Value.IsAlias && WildcardName.Read(pair.Key)?.Contradicts(wildcard) == true);
        return rival.Value is null
            ? null
            : $"'{name}' and '{rival.Key}' of '{rival.Value.Model}' mean the same names, and neither is the closer one. Choose a "
                + "longer or a shorter one.";
    }

    /// <summary>Notes a name as given; the first owner keeps it.</summary>
    public void Add(string name, NameOwner owner) => _owners.TryAdd(name.Trim(), owner);

    /// <summary>A free name for a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="given">A name that is known for it, or null.</param>
    public string Take(string path, string? given = null)
    {
        if (given is not null)
            return FreeOrNumbered(ModelFileName.ModelName(given));
        var name = ModelFileName.ModelName(Path.GetFileName(path));
        if (TryTake(name))
            return name;
        var folder = Path.GetFileName(Path.GetDirectoryName(path));
        return string.IsNullOrEmpty(folder) ? Numbered(name) : FreeOrNumbered(ModelFileName.ModelName($"{folder}/{name}"));
    }

    /// <summary>A free name that starts with the given one.</summary>
    public string FreeOrNumbered(string name) => name.Length <= ModelFileName.NameBound && TryTake(name) ? name : Numbered(name);

    private static ModelNames Of(
        IEnumerable<(long Id, string Name, string? Alias)> models,
        IEnumerable<(long ModelId, string? Aliases)> lists,
        IEnumerable<(long ModelId, string Name)> rows
    )
    {
        var names = new ModelNames();
        var known = models.ToDictionary(model => model.Id);
        foreach (var model in known.Values)
            names.Add(model.Name, new NameOwner(model.Id, model.Name, false));
        var aliases = rows.Concat(known.Values.SelectMany(model => Aliases(model.Alias, null).Select(alias => (model.Id, alias))))
            .Concat(lists.SelectMany(list => Aliases(null, list.Aliases).Select(alias => (list.ModelId, alias))));
        foreach (var (modelId, alias) in aliases.Where(pair => known.ContainsKey(pair.Item1)))
            names.Add(alias, new NameOwner(modelId, known[modelId].Name, true));
        return names;
    }

    private static IEnumerable<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return read(reader);
    }

    private bool TryTake(string name) => _owners.TryAdd(name, new NameOwner(0, name, false));

    private string Numbered(string name)
    {
        for (var number = 2; ; number++)
        {
            var end = $"-{number}";
            var numbered = name[..Math.Min(name.Length, ModelFileName.NameBound - end.Length)] + end;
            if (TryTake(numbered))
                return numbered;
        }
    }
}
