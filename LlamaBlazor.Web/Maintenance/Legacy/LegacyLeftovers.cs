using System.Text.Json;
using System.Text.Json.Serialization;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// <c>import_leftovers</c>: what has no place here, kept as it was, each row once however often it is imported. Secrets in it are protected
/// like all others,
/// so that the table, its backups and exports hold none in the clear.
/// </summary>
internal sealed class LegacyLeftovers(
    SqliteConnection live,
    SqliteTransaction transaction,
    SecretProtector secrets,
    string source,
    long now
)
{
    private const string Hidden = "***";

    // infinity is a number to SQLite
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private readonly HashSet<(string Table, string Json)> _known = [.. Known(live, transaction)]; // as many as the table has

    /// <summary>Keeps a row, and returns it as JSON with its secrets hidden.</summary>
    public string Add(string table, IReadOnlyDictionary<string, object?> row, string reason)
    {
        var shown = Json(row, _ => Hidden);
        if (!_known.Add((table, shown)))
            return shown;
        SqliteWrite.Insert(
            live,
            transaction,
            "import_leftovers",
            new Dictionary<string, object?>
            {
                ["source"] = source,
                ["table_name"] = table,
                ["row_json"] = Json(row, secrets.Protect),
                ["reason"] = reason,
                ["created_at"] = now,
            }
        );
        return shown;
    }

    private static string Json(IReadOnlyDictionary<string, object?> row, Func<string, string> replace) =>
        JsonSerializer.Serialize(row.ToDictionary(pair => pair.Key, pair => SecretWords.Replace(pair.Key, pair.Value, replace)), Options);

    /// <summary>A stored row without its secrets.</summary>
    public static string Hide(string json) => SecretProtector.Stored().Replace(json, Hidden);

    // Protecting gives another text each time, so rows are compared with their secrets hidden.
    private static IEnumerable<(string Table, string Json)> Known(SqliteConnection live, SqliteTransaction transaction)
    {
        using var command = live.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT table_name, row_json FROM import_leftovers";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return (reader.GetString(0), Hide(reader.GetString(1)));
    }
}
