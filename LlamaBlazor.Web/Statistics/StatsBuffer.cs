using System.Data.Common;
using System.Threading.Channels;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlamaBlazor.Web.Statistics;

/// <summary>
/// Rows of <c>stats</c> on their way to the database (acceptance Y10). They are handed to the single writer in batches with one prepared
/// statement, a
/// tenth of the work of tracked entities, since a row is written for every request. While the database cannot be written they wait here.
/// </summary>
internal sealed partial class StatsBuffer(DatabaseWriter writer, TimeProvider clock, ILogger<StatsBuffer> logger) : BackgroundService
{
    /// <summary>Rows that wait; past it new ones are dropped and counted.</summary>
    private const int QueueBound = 16_384;

    private const int BatchBound = 1000;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly string Insert =
        $"INSERT INTO stats ({string.Join(", ", StatsColumns.All.Select(column => column.Name))}) VALUES "
        + $"({string.Join(", ", StatsColumns.All.Select(column => "$" + column.Name))})";

    private readonly Channel<StatsRow> _rows = Channel.CreateBounded<StatsRow>(
        new BoundedChannelOptions(QueueBound) { SingleReader = true }
    );
    private long _dropped;

    /// <summary>Rows lost because too many were waiting.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why rows cannot be written now, or null.</summary>
    public string? LastError { get; private set; }

    /// <summary>Queues a row; never waits, never fails.</summary>
    public void Add(StatsRow row)
    {
        if (!_rows.Writer.TryWrite(row))
            Interlocked.Increment(ref _dropped);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _rows.Writer.TryComplete(); // the loop writes what is queued, then ends
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<StatsRow>(BatchBound);
        while (await _rows.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (!stoppingToken.IsCancellationRequested && _rows.Reader.Count < BatchBound)
                await Task.Delay(Gather, clock, CancellationToken.None).ConfigureAwait(false);
            while (batch.Count < BatchBound && _rows.Reader.TryRead(out var row))
                batch.Add(row);
            while (!await TryWriteAsync(batch).ConfigureAwait(false))
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                await Task.Delay(RetryAfter, clock, CancellationToken.None).ConfigureAwait(false);
            }

            batch.Clear();
        }
    }

    private async Task<bool> TryWriteAsync(List<StatsRow> batch)
    {
        try
        {
            await writer.ExecuteAsync((context, _) => WriteAsync(context, batch)).ConfigureAwait(false);
            LastError = null;
            return true;
        }
        catch (Exception error)
        {
            if (LastError is null)
                LogFailed(error);
            LastError = error.InnerException?.Message ?? error.Message;
            return false;
        }
    }

    private static async Task WriteAsync(LlamaDbContext context, List<StatsRow> batch)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = context.Database.CurrentTransaction!.GetDbTransaction();
            command.CommandText = Insert;
            var parameters = StatsColumns.All.Select(column => Parameter(command, column.Name)).ToArray();
            await command.PrepareAsync().ConfigureAwait(false);
            foreach (var row in batch)
            {
                for (var i = 0; i < parameters.Length; i++)
                    parameters[i].Value = StatsColumns.All[i].Value(row) ?? DBNull.Value;
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
    }

    private static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "$" + name;
        command.Parameters.Add(parameter);
        return parameter;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Statistics cannot be written; they are kept in memory and tried again")]
    private partial void LogFailed(Exception error);
}
