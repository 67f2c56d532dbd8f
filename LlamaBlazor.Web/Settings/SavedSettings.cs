using System.Data.Common;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// Fills <see cref="SavedConfiguration"/> from the database: before the services are made, as far as the file can be read at once; when the
/// database is ready; and after it was replaced or its rows were written past the store. A wrong value is left out and told.
/// </summary>
internal sealed partial class SavedSettings(
    SavedConfiguration saved,
    IConfiguration configuration,
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    Broadcast<DatabaseReplaced> replaced,
    Broadcast<PreferencesChanged> imported,
    ILogger<SavedSettings> logger
) : BackgroundService
{
    private const int ValueBound = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();

    /// <summary>Whether what was saved is known.</summary>
    public bool IsRead => saved.IsRead;

    /// <summary>What is wrong with values that were saved, by key.</summary>
    public IReadOnlyDictionary<string, string> Problems => Volatile.Read(ref _problems);

    /// <summary>
    /// Reads the file before anything else does, so that settings which count at the start do. A database that is missing, locked, damaged,
    /// foreign or not migrated yet holds nothing up and says nothing.
    /// </summary>
    /// <param name="path">The database.</param>
    /// <param name="configuration">The configuration whose source is filled.</param>
    public static void ReadEarly(string path, IConfiguration configuration)
    {
        if (SavedConfiguration.Of(configuration) is not { } saved)
            return;
        Dictionary<string, SettingValue>? values = null;
        var reading = new Thread(() => Volatile.Write(ref values, TryReadFile(path))) { IsBackground = true };
        reading.Start();
        if (reading.Join(Patience) && values is not null)
            saved.Replace(Open(configuration, values));
    }

    /// <summary>Reads what is saved, unless it is known.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public void EnsureRead()
    {
        if (!saved.IsRead)
            Reload();
    }

    /// <summary>Reads what is saved again.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public void Reload()
    {
        lock (_gate) // so that what was read before a change is not taken over after it
        {
            using var context = contexts.CreateDbContext();
            var rows = context
                .Configs.AsNoTracking()
                .Where(row => SavedPlace.Rows.Contains(row.Key))
                .Select(row => new { row.Key, row.Value })
                .ToDictionary(row => row.Key, row => row.Value);
            var launch = context
                .LaunchSettings.AsNoTracking()
                .Where(row => row.Key == SavedPlace.LaunchRow)
                .Select(row => row.Value)
                .FirstOrDefault();
            var (values, problems) = SavedPlace.Read(rows, launch);
            foreach (var (key, sentence) in problems.Where(problem => Problems.GetValueOrDefault(problem.Key) != problem.Value))
                LogWrong(sentence, key);
            Volatile.Write(ref _problems, problems);
            saved.Replace(Open(configuration, values));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var other = replaced.Subscribe(_ =>
        {
            saved.Forget();
            TryReload();
        });
        using var written = imported.Subscribe(_ =>
        {
            saved.Forget();
            TryReload();
        });
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            TryReload();
            await new TaskCompletionSource().Task.WaitAsync(stoppingToken).ConfigureAwait(false); // follows until then
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            // The dashboard ends, or its database cannot be used, which is shown everywhere.
        }
    }

    // What cannot be read now is read by whoever needs it next.
    private void TryReload()
    {
        try
        {
            Reload();
        }
        catch (DbException error)
        {
            LogNotRead(error);
        }
    }

    // Those that the environment or the command line sets do not count here, of a list not even in part.
    private static Dictionary<string, SettingValue> Open(IConfiguration configuration, Dictionary<string, SettingValue> values) =>
        values.Where(pair => !SettingSources.IsOutside(configuration, pair.Key)).ToDictionary();

    private static Dictionary<string, SettingValue>? TryReadFile(string path)
    {
        try
        {
            if (!Path.Exists(path) || new FileInfo(path).Length == 0)
                return []; // a new one, in which nothing can be saved yet
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = path,
                    Mode = SqliteOpenMode.ReadOnly,
                    Pooling = false,
                    DefaultTimeout = 1,
                }.ToString()
            );
            connection.Open();
            var config = Rows(connection, "config");
            return SavedPlace.Read(config, Rows(connection, "server_config").GetValueOrDefault(SavedPlace.LaunchRow)).Values;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null; // whatever is wrong with it is said by who opens the database in earnest
        }
    }

    private static Dictionary<string, string> Rows(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT key, value FROM {table} WHERE typeof(value) = 'text' AND length(value) <= {ValueBound} LIMIT 10000";
        using var reader = command.ExecuteReader();
        var rows = new Dictionary<string, string>();
        while (reader.Read())
            rows[reader.GetString(0)] = reader.GetString(1);
        return rows;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What is saved in the database is no value of {Key}, so it does not count: {Sentence} Set it anew on the Settings page."
    )]
    private partial void LogWrong(string sentence, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved settings could not be read; they are read at their next use")]
    private partial void LogNotRead(Exception error);
}
