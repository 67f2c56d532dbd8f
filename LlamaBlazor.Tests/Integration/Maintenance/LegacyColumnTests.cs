using System.Globalization;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Every setting of the old schemas, each with a value of its own, converted and compared column by column.</summary>
public sealed class LegacyColumnTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Tables = new()
    {
        ["model"] = "models",
        ["sampling"] = "model_sampling_config",
        ["memory"] = "model_memory_config",
        ["gpu"] = "model_gpu_config",
        ["advanced"] = "model_advanced_config",
        ["lora"] = "model_lora_config",
        ["multimodal"] = "model_multimodal_config",
        ["server"] = "model_server_config",
    };

    private readonly AppFixture _app = new();

    public static TheoryData<string, bool> Schemas =>
        new()
        {
            { "wide", false },
            { "wide", true },
            { "v2", false },
            { "v2", true },
        };

    private static IReadOnlyList<ParameterDefinition> Settings { get; } =
    [
        .. ParameterCatalogue
            .Current.Columns.Where(column =>
                column.Section is { } section && Tables.ContainsKey(section) && column.Column is not ("custom_params" or "model_path")
            )
            .DistinctBy(column => (column.Section, column.Column)),
    ];

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task EveryColumn_ComesWithItsValue_OrIsUnsetAsASeedDefault(string schema, bool defaults)
    {
        var kind = schema == "wide" ? LegacyKind.WideV1 : LegacyKind.V2;
        var path = LegacyFixtures.Write(_app.Folder.File("old.db"), schema == "wide" ? WideSql(defaults) : V2Sql(defaults));
        var result = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(path, false);
        Assert.True(result.IsSuccess, result.Failure?.Message);
        Assert.Equal(kind, result.Value.Kind);
        Assert.Empty(result.Value.KeptAsideReasons);
        var wrong = Settings
            .Select(setting => (setting, Expected: Expected(setting, defaults), Stored: Stored(setting)))
            .Where(pair => !LegacyValues.Same(pair.Expected, pair.Stored))
            .ToList();
        Assert.True(
            wrong.Count == 0,
            string.Join(
                '\n',
                wrong.Select(pair =>
                    $"{pair.setting.Section}.{pair.setting.Column}: expected {pair.Expected ?? "NULL"}, is {pair.Stored ?? "NULL"}"
                )
            )
        );
        Assert.Equal(defaults, result.Value.Cleared.Count > 20);
        Assert.Null(Value("SELECT custom_params FROM model_advanced_config"));
    }

    // A choice that is no seed default; or, for columns that have a harmful one, that.
    private static object Choice(ParameterDefinition setting, bool defaults)
    {
        if (defaults && Harmful(setting.Column) is { } seed)
            return seed;
        if (setting.ValueType == typeof(bool))
            return LegacyDefaults.IsSeedDefault(LegacyKind.V2, setting.Column, 1L) ? 0L : 1L;
        var place = Settings.ToList().IndexOf(setting);
        IEnumerable<object> wishes =
            setting.ValueType == typeof(long) ? [1000L + place, 17L, 7L, 3L, 2L, 1L, 0L]
            : setting.ValueType == typeof(double) ? [0.001 * (place + 1), 0.31, 1.5]
            :
            [
                $"text of {setting.Column}",
                .. setting.Choices.Reverse(),
                "3,1",
                "0-3",
                "1",
                "0.5",
                "/files/a.bin",
                "http://localhost:1/",
                "{\"a\": 1}",
                "0xff",
                "CUDA0",
                "1 31",
                "15043+1",
                "k=int:1",
                "exps=CPU",
                "/f.gguf:0.5",
                "edsk",
                "https://example.org/x",
                "owner/name",
                "/llama",
                "localhost:1",
                "root ::= \"yes\" | \"no\"",
            ];
        return wishes.FirstOrDefault(wish =>
                !LegacyDefaults.IsSeedDefault(LegacyKind.V2, setting.Column, wish)
                && ParameterValidator.Check(ParameterCatalogue.Current, setting, wish) is not { IsError: true }
            ) ?? throw new InvalidOperationException($"No value is right for {setting.Column}");
    }

    private static object? Harmful(string column) =>
        new object[] { 0L, 1L, -1L, 600L, 8L, 16L, 0.9, 0.1, 0.8 }.FirstOrDefault(value =>
            LegacyDefaults.IsSeedDefault(LegacyKind.V2, column, value)
        );

    private static object? Expected(ParameterDefinition setting, bool defaults) =>
        defaults && Harmful(setting.Column) is not null ? null : Choice(setting, defaults);

    private static string Literal(object value) =>
        value is string text ? $"'{text}'" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Names(IEnumerable<ParameterDefinition> settings) =>
        string.Concat(settings.Select(setting => $", {SqliteRead.Quote(setting.Column)}"));

    private static string Values(IEnumerable<ParameterDefinition> settings, bool defaults) =>
        string.Concat(settings.Select(setting => $", {Literal(Choice(setting, defaults))}"));

    private static string WideSql(bool defaults)
    {
        var columns = Settings.DistinctBy(setting => setting.Column).ToList();
        return "CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT, status TEXT, created_at INTEGER, "
            + $"updated_at INTEGER, model_path TEXT{Names(columns)});"
            + $"INSERT INTO models (name, type, status, created_at, updated_at, model_path{Names(columns)}) VALUES ('m', 'llama', "
            + $"'running', 1700000000000, 1700000000000, '/m/m.gguf'{Values(columns, defaults)});";
    }

    private static string V2Sql(bool defaults) =>
        string.Concat(
            Tables.Select(table =>
            {
                var columns = Settings.Where(setting => setting.Section == table.Key).ToList();
                var (own, values) = table.Key switch
                {
                    "model" => (
                        "name TEXT NOT NULL, type TEXT, status TEXT, created_at INTEGER, updated_at INTEGER, model_path TEXT",
                        "'m', 'llama', 'running', 1700000000000, 1700000000000, '/m/m.gguf'"
                    ),
                    "server" => ("created_at INTEGER, updated_at INTEGER", "1700000000000, 1700000000000"),
                    _ => ("model_id INTEGER, created_at INTEGER, updated_at INTEGER", "1, 1700000000000, 1700000000000"),
                };
                return $"CREATE TABLE {table.Value} (id INTEGER PRIMARY KEY, {own}{Names(columns)}); INSERT INTO {table.Value} VALUES "
                    + $"(1, {values}{Values(columns, defaults)});\n";
            })
        );

    private object? Stored(ParameterDefinition setting)
    {
        var value = Value($"SELECT {SqliteRead.Quote(setting.Column)} FROM {Tables[setting.Section!]}");
        return setting.Secret && value is string stored ? _app.Services.GetRequiredService<SecretProtector>().Unprotect(stored) : value;
    }

    private object? Value(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql) is { } value and not DBNull ? value : null;
    }
}
