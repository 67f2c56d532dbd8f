using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Finds what in a database would run by itself and is not of our making (https://sqlite.org/security.html): triggers, indexes and rules of
/// columns at every write, views, virtual tables and generated columns at every read. On tables of ours all is as a migration of ours made
/// it (<see cref="OwnSchema"/>); other tables may be there, as long as they hold rows alone.
/// </summary>
internal static partial class ForeignSchema
{
    private const int Named = 5;
    private const int NameLength = 60;

    /// <summary>A failure that names them, or null where there are none.</summary>
    public static Failure? Find(SqliteConnection connection)
    {
        var foreign = Entries(connection).Select(entry => Describe(connection, entry)).OfType<string>().Take(Named + 1).ToList();
        if (foreign.Count == 0)
            return null;
        var words = string.Join(", ", foreign.Take(Named)) + (foreign.Count > Named ? " and more" : "");
        return Failure.Invalid(
            "file",
            $"The database holds what this dashboard did not make and would run at its reads and writes: {words}. "
                + "Remove it from a copy of the file (DROP TRIGGER, DROP VIEW, DROP INDEX, DROP TABLE, ALTER TABLE … DROP COLUMN), "
                + "and take that. Nothing was changed."
        );
    }

    private static List<Entry> Entries(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        // What has no text is the index of a UNIQUE or PRIMARY KEY, which stands in the text of its table.
        command.CommandText =
            "SELECT type, name, tbl_name, coalesce(sql, ''), coalesce(rootpage, 0) = 0 FROM sqlite_master "
            + "WHERE sql IS NOT NULL OR type <> 'index'";
        using var reader = command.ExecuteReader();
        var entries = new List<Entry>();
        while (reader.Read())
            entries.Add(
                new Entry(Text(reader, 0), Text(reader, 1), Text(reader, 2), Text(reader, 3), IsMadeOfText: reader.GetValue(4) is 1L)
            );
        return entries;
    }

    private static string Text(SqliteDataReader reader, int column) => reader.GetValue(column).ToString() ?? "";

    // What is wrong with it, or null.
    private static string? Describe(SqliteConnection connection, Entry entry)
    {
        if (entry.Sql.Length > 0 && OwnSchema.Current.HasText(entry.Sql))
            return null;
        return entry.Type switch
        {
            "table" when entry.IsMadeOfText => $"virtual table {Quote(entry.Name)}",
            "table" when OwnSchema.Current.HasTable(entry.Name) => OfOurTable(connection, entry.Name),
            "table" => OfOtherTable(connection, entry),
            "index" when !OwnSchema.Current.HasTable(entry.Table) && !Computes(connection, entry) => null,
            _ => $"{entry.Type} {Quote(entry.Name)}",
        };
    }

    private static string OfOurTable(SqliteConnection connection, string table) =>
        Columns(connection, table).FirstOrDefault(column => !OwnSchema.Current.HasColumn(table, column)) is { } added
            ? $"column {Quote(added)} of the table {Quote(table)}"
            : $"a table {Quote(table)} with other rules than ours";

    private static string? OfOtherTable(SqliteConnection connection, Entry entry)
    {
        var words = Words()
            .Matches(entry.Sql)
            .Select(match => match.Value)
            .Where(word => word[0] is not ('\'' or '"' or '`' or '[') && !IsComment(word))
            .Select(word => word.ToUpperInvariant())
            .ToList();
        if (words.Contains("CHECK"))
            return $"CHECK of the table {Quote(entry.Name)}";
        if (words.Contains("AS"))
            return $"generated column of the table {Quote(entry.Name)}";
        if (words.Zip(words.Skip(1)).Any(pair => pair is ("DEFAULT", "(")))
            return $"DEFAULT expression of the table {Quote(entry.Name)}";
        return References(connection, entry.Name).Any(OwnSchema.Current.HasTable)
            ? $"table {Quote(entry.Name)}, which holds rows of this dashboard's tables"
            : null;
    }

    private static bool IsComment(string word) =>
        word.StartsWith("--", StringComparison.Ordinal) || word.StartsWith("/*", StringComparison.Ordinal);

    // On an expression, or on some rows only.
    private static bool Computes(SqliteConnection connection, Entry index)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT EXISTS (SELECT 1 FROM pragma_index_xinfo($index) WHERE cid = -2) OR coalesce((SELECT max(partial) FROM "
            + "pragma_index_list($table) WHERE name = $index COLLATE NOCASE), 1)";
        command.Parameters.AddWithValue("$index", index.Name);
        command.Parameters.AddWithValue("$table", index.Table);
        return command.ExecuteScalar() is not 0L;
    }

    private static List<string> Columns(SqliteConnection connection, string table) =>
        Names(connection, "SELECT name FROM pragma_table_xinfo($table)", table);

    private static List<string> References(SqliteConnection connection, string table) =>
        Names(connection, "SELECT \"table\" FROM pragma_foreign_key_list($table)", table);

    private static List<string> Names(SqliteConnection connection, string sql, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$table", table);
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(Text(reader, 0));
        return names;
    }

    private static string Quote(string name) => $"'{(name.Length > NameLength ? name[..NameLength] + "…" : name)}'";

    // Quoted names and texts, comments, words, and brackets.
    [GeneratedRegex(
        """'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*(.*?\*/|.*\z)|\w+|\(""",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline
    )]
    private static partial Regex Words();

    /// <summary>A row of <c>sqlite_master</c>.</summary>
    private sealed record Entry(string Type, string Name, string Table, string Sql, bool IsMadeOfText);
}
