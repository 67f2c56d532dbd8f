using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// What our migrations make: the text of every table, index, view and trigger, as SQLite keeps it, after each migration. So a database of
/// any version of ours is known by its texts.
/// </summary>
internal sealed class OwnSchema
{
    private static readonly Lazy<OwnSchema> Made = new(() => new OwnSchema());

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<(string Table, string Column)> _columns = [];

    // In memory; some tenths of a second, once.
    private OwnSchema()
    {
        using var context = new LlamaDbContext(
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), ":memory:").Options
        );
        context.Database.OpenConnection(); // the database lives as long as its connection
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        var migrator = context.GetService<IMigrator>();
        foreach (var migration in context.Database.GetMigrations())
        {
            migrator.Migrate(migration);
            Note(connection);
        }

        if (!LogIndex.IsSupported)
            return;
        SqliteSetup.Execute(connection, LogIndex.DropSql + LogIndex.CreateSql);
        Note(connection);
    }

    /// <summary>The schema; made at the first use.</summary>
    public static OwnSchema Current => Made.Value;

    /// <summary>Whether a text of <c>sqlite_master</c> is one of ours, whatever its white space.</summary>
    public bool HasText(string sql) => _texts.Contains(Plain(sql));

    /// <summary>Whether a table has a name of ours.</summary>
    public bool HasTable(string name) => _tables.Contains(name);

    /// <summary>Whether a table of ours has a column of ours.</summary>
    public bool HasColumn(string table, string column) => _columns.Contains((table.ToUpperInvariant(), column.ToUpperInvariant()));

    private void Note(SqliteConnection connection)
    {
        _texts.UnionWith(SqliteRead.Column(connection, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").Select(Plain));
        foreach (var table in SqliteRead.Column(connection, "SELECT name FROM sqlite_master WHERE type = 'table'"))
        {
            _tables.Add(table);
            foreach (var column in SqliteRead.Columns(connection, table))
                _columns.Add((table.ToUpperInvariant(), column.ToUpperInvariant()));
        }
    }

    private static string Plain(string sql) =>
        string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd(';');
}
