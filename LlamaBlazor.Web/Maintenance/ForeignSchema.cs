using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Finds what in a database would run by itself and is not of our making: triggers at every write, views and virtual tables at every read
/// (https://sqlite.org/security.html). Ours are those whose text stands in a migration.
/// </summary>
internal static class ForeignSchema
{
    private const int Named = 5;

    private static readonly Lazy<string> Ours = new(Read);

    /// <summary>A failure that names them, or null where there are none.</summary>
    public static Failure? Find(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        // What has no pages of its own is made of a statement: triggers, views, virtual tables.
        command.CommandText = "SELECT type, name, sql FROM sqlite_master WHERE type NOT IN ('table', 'index') OR coalesce(rootpage, 0) = 0";
        using var reader = command.ExecuteReader();
        var foreign = new List<string>();
        while (reader.Read() && foreign.Count <= Named)
        {
            var (type, name, sql) = (
                reader.GetValue(0).ToString(),
                reader.GetValue(1).ToString() ?? "",
                reader.IsDBNull(2) ? "" : reader.GetValue(2).ToString()!
            );
            if (sql.Length == 0 || !Ours.Value.Contains(Plain(sql), StringComparison.Ordinal))
                foreign.Add($"{(type == "table" ? "virtual table" : type)} '{(name.Length > 60 ? name[..60] + "…" : name)}'");
        }

        if (foreign.Count == 0)
            return null;
        var words = string.Join(", ", foreign.Take(Named)) + (foreign.Count > Named ? " and more" : "");
        return Failure.Invalid(
            "file",
            $"The database holds what this dashboard did not make and would run at its reads and writes: {words}. "
                + "Remove it from a copy of the file (DROP TRIGGER, DROP VIEW, DROP TABLE), and take that. Nothing was changed."
        );
    }

    private static string Read()
    {
        using var context = new LlamaDbContext(
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), ":memory:").Options
        );
        var assembly = context.GetService<IMigrationsAssembly>();
        var provider = context.Database.ProviderName!;
        var statements = assembly
            .Migrations.Values.SelectMany(type => assembly.CreateMigration(type, provider).UpOperations)
            .OfType<SqlOperation>()
            .Select(operation => operation.Sql);
        return Plain(string.Join('\n', statements.Append(LogIndex.CreateSql)));
    }

    private static string Plain(string sql) =>
        string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd(';');
}
