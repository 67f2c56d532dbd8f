using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Parameters;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Finds stored secrets that the keys of this data folder do not open, because the database was made with those of another. Only names are
/// told, never a
/// value.
/// </summary>
internal static class StoredSecrets
{
    /// <summary>Names that are listed; of more only the number is told.</summary>
    public const int Bound = 100;

    private const string Like = "LIKE '%protected:%'";

    // Where a key has no column of its own: by the table that holds it, with what to call it.
    private static readonly string[] Others =
    [
        $"SELECT 'settings: ' || key, value FROM server_config WHERE value {Like}",
        $"SELECT 'preference ' || key, value FROM config WHERE value {Like}",
        $"SELECT 'metadata ' || key, value FROM metadata WHERE value {Like}",
        $"SELECT 'kept aside from ' || source || ', table ' || table_name, row_json FROM import_leftovers WHERE row_json {Like}",
    ];

    /// <summary>Their names, such as <c>model alpha: hf_token</c>: at most <see cref="Bound"/>, then how many more there are.</summary>
    /// <param name="database">A database of the present schema.</param>
    /// <param name="secrets">With the keys of the data folder.</param>
    public static IReadOnlyList<string> FindUnreadable(string database, SecretProtector secrets)
    {
        using var connection = SqliteSetup.Open(database);
        var names = OfColumns(connection)
            .Concat(Others)
            .SelectMany(query => Read(connection, query))
            .Where(stored => SecretProtector.Stored().Matches(stored.Value).Any(secret => secrets.Unprotect(secret.Value) is null))
            .Select(stored => stored.Name)
            .Distinct()
            .ToList();
        return names.Count <= Bound ? names : [.. names.Take(Bound), $"and {names.Count - Bound} more"];
    }

    /// <summary>What to do about them; null when there are none.</summary>
    public static string? NextStep(IReadOnlyList<string> unreadable) =>
        unreadable.Count == 0
            ? null
            : "Enter them again where they are set; or stop the dashboard, copy the files of keys/ from the data folder that the "
                + "database comes from into keys/ of this one, and start again.";

    /// <summary>A sentence about them, with what to do; empty when there are none.</summary>
    public static string Words(IReadOnlyList<string> unreadable) =>
        unreadable.Count == 0
            ? ""
            : $" These stored secrets cannot be read with the keys of this data folder: {string.Join("; ", unreadable)}. "
                + $"{NextStep(unreadable)}";

    private static IEnumerable<string> OfColumns(SqliteConnection connection)
    {
        var columns = ParameterCatalogue
            .Current.Columns.Where(ConfigSecrets.MayHold)
            .Select(definition => definition.Column)
            .ToHashSet(StringComparer.Ordinal);
        return from table in SqliteRead.Tables(connection)
            where table.StartsWith("model", StringComparison.Ordinal) // the models and their settings; other tables may be long
            let all = SqliteRead.Columns(connection, table)
            from column in all.Where(columns.Contains)
            let name = table == "models" ? "'model ' || t.name || ': '"
            : all.Contains("model_id") ? "'model ' || coalesce((SELECT name FROM models WHERE id = t.model_id), '?') || ': '"
            : "'server settings: '"
            select $"SELECT {name} || '{column}', {SqliteRead.Quote(column)} FROM {SqliteRead.Quote(table)} t WHERE "
                + $"{SqliteRead.Quote(column)} {Like}";
    }

    private static IEnumerable<(string Name, string Value)> Read(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return (reader.GetString(0), reader.GetString(1));
    }
}
