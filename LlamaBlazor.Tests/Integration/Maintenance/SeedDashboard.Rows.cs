using System.Globalization;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <content>Files of either schema, and their rows.</content>
internal static partial class SeedDashboard
{
    private const string Server = "model_server_config";

    /// <summary>Tables of a model's settings.</summary>
    public static readonly IReadOnlyList<string> SectionTables =
    [
        "model_sampling_config",
        "model_memory_config",
        "model_gpu_config",
        "model_advanced_config",
        "model_lora_config",
        "model_multimodal_config",
        "model_fit_params",
    ];

    /// <summary>Version 2.0 without rows.</summary>
    public static SqliteConnection Memory()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        SqliteSetup.Execute(connection, V2);
        return connection;
    }

    /// <summary>One of either schema. The wide one has all columns of all groups, as the document's mapping says where each came
    /// from.</summary>
    public static SqliteConnection Open(string path, bool wide)
    {
        var connection = SqliteSetup.Open(path);
        SqliteSetup.Execute(connection, V2);
        if (!wide)
            return connection;
        foreach (var table in SectionTables.Append(Server))
        {
            if (table != "model_fit_params")
            {
                foreach (
                    var column in SqliteRead.Column(
                        connection,
                        "SELECT '\"' || name || '\" ' || type || coalesce(' DEFAULT ' || dflt_value, '') FROM "
                            + $"pragma_table_info('{table}') WHERE name NOT IN ('id', 'model_id', 'created_at', 'updated_at')"
                    )
                )
                    SqliteSetup.Execute(connection, $"ALTER TABLE models ADD COLUMN {column}");
            }

            SqliteSetup.Execute(connection, $"DROP TABLE {table}");
        }

        return connection;
    }

    /// <summary>Columns that are settings.</summary>
    public static IReadOnlyList<string> Settings(SqliteConnection old) =>
        [
            .. SqliteRead
                .Tables(old)
                .Where(table => table == "models" || SectionTables.Contains(table) || table == "model_server_config")
                .SelectMany(table => SqliteRead.Columns(old, table))
                .Where(column => ParameterCatalogue.Current.FindColumn(column) is { Section: not null })
                .Distinct(),
        ];

    /// <summary>Writes a model with its settings; what is not named has its default.</summary>
    public static void Insert(SqliteConnection old, string name, IReadOnlyDictionary<string, object> values)
    {
        foreach (var table in SectionTables.Prepend("models").Where(SqliteRead.Tables(old).Contains))
            InsertRow(old, table, name, values);
        if (SqliteRead.Tables(old).Contains(Server) && SqliteRead.Column(old, $"SELECT 1 FROM {Server}").Count == 0)
            InsertRow(old, Server, name, values);
    }

    private static void InsertRow(SqliteConnection old, string table, string name, IReadOnlyDictionary<string, object> values)
    {
        var row = new Dictionary<string, object?> { ["created_at"] = 1_700_000_000_000L, ["updated_at"] = 1_700_000_000_000L };
        if (table == "models")
            (row["name"], row["type"], row["status"]) = (name, "llama", "stopped");
        else if (table != Server)
            row["model_id"] = long.Parse(SqliteRead.Column(old, "SELECT max(id) FROM models")[0], CultureInfo.InvariantCulture);
        foreach (var column in SqliteRead.Columns(old, table).Where(values.ContainsKey))
            row[column] = values[column];
        using var command = old.CreateCommand();
        command.CommandText =
            $"INSERT INTO {table} ({string.Join(", ", row.Keys.Select(SqliteRead.Quote))}) "
            + $"VALUES ({string.Join(", ", row.Keys.Select(column => "$" + column))})";
        foreach (var (column, value) in row)
            command.Parameters.AddWithValue("$" + column, value);
        command.ExecuteNonQuery();
    }

    /// <summary>Two minutes of samples, and facts of their own.</summary>
    public static void AddTheRest(SqliteConnection old) =>
        SqliteSetup.Execute(
            old,
            """
            INSERT INTO metrics_history VALUES
              (1, 1700000000000, 10.5, 20.5, 30.5, 40.5, 50.5, 60.5, 24576.5, 70.5, 2, 100, 3.5, 1700000000000),
              (2, 1700000010000, 20.5, 30.5, 40.5, 50.5, 60.5, 70.5, 24576.5, 80.5, 4, 110, 5.5, 1700000010000),
              (3, 1700000090000, 1, 2, 3, 0, 0, 0, 0, 0, 0, 190, 0, 1700000090000);
            INSERT INTO metadata VALUES ('db_version', '2.0', 1700000000), ('theme_preference', '"dark"', 1700000001),
              ('a "key" of theirs', 'größer; it''s {not json', 1700000002003), ('empty', '', 0);
            """
        );
}
