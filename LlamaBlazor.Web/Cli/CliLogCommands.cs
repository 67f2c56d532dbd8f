using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Web.Shared;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>logs tail</c>.</summary>
internal static class CliLogCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const long OverlapMs = 3000;

    /// <summary>Adds it.</summary>
    public static void AddTo(Command logs, Func<ParseResult, CliContext> context)
    {
        var count = new Option<int>("--lines", "-n") { Description = "How many lines (1 to 1000)", DefaultValueFactory = _ => 50 };
        count.Validators.Add(result =>
        {
            if (result.GetValue(count) is < 1 or > 1000)
                result.AddError("--lines is 1 to 1000.");
        });
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines until Ctrl+C" };
        var level = new Option<string?>("--level") { Description = "Least level" };
        var tail = new Command("tail", "Shows the newest lines of the log. Example: logs tail -n 20 --follow --level warn")
        {
            count,
            follow,
            level,
        };
        tail.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                var filter = result.GetValue(level) is { } least ? $"&level={Uri.EscapeDataString(least)}" : "";
                return run.RunAsync(
                    connection =>
                        TailAsync(
                            run,
                            connection,
                            $"?limit={result.GetValue(count)}{filter}",
                            filter,
                            result.GetValue(follow),
                            cancellation
                        ),
                    needsServer: result.GetValue(follow),
                    cancellation
                );
            }
        );
        logs.Subcommands.Add(tail);
    }

    private static async Task<int> TailAsync(
        CliContext run,
        DashboardConnection connection,
        string query,
        string filter,
        bool follow,
        CancellationToken cancellation
    )
    {
        var shown = new Dictionary<long, long>(); // times of the lines of the last seconds, by id
        try
        {
            using var first = await connection
                .Http.GetAsync(new Uri("/api/logs" + query, UriKind.Relative), cancellation)
                .ConfigureAwait(false);
            if (!first.IsSuccessStatusCode)
                return await run.ShowAsync(first, [], cancellation).ConfigureAwait(false);
            using var newest = JsonDocument.Parse(await first.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
            await ShowAsync(run, newest.RootElement.GetProperty("items").EnumerateArray().Reverse(), shown).ConfigureAwait(false);
            while (follow)
            {
                await Task.Delay(Pause, ProgramClock.Instance, cancellation).ConfigureAwait(false);
                await FollowAsync(run, connection, filter, shown, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C ends it well.
        }

        return CliContext.Ok;
    }

    // All lines since a little before the last one: a line may be stored after one that is newer, and a second may have more than fit in a
    // page.
    private static async Task FollowAsync(
        CliContext run,
        DashboardConnection connection,
        string filter,
        Dictionary<long, long> shown,
        CancellationToken cancellation
    )
    {
        var from = (shown.Count == 0 ? DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds() : shown.Values.Max()) - OverlapMs;
        foreach (var old in shown.Where(line => line.Value < from - OverlapMs).Select(line => line.Key).ToList())
            shown.Remove(old);
        string? place = $"{Math.Max(0, from)}-0";
        while (place is not null)
        {
            using var answer = await connection
                .Http.GetAsync(new Uri($"/api/logs?limit=1000&newer_than={place}{filter}", UriKind.Relative), cancellation)
                .ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
            await ShowAsync(run, page.RootElement.GetProperty("items").EnumerateArray(), shown).ConfigureAwait(false);
            place = page.RootElement.GetProperty("next").GetString();
        }
    }

    private static async Task ShowAsync(CliContext run, IEnumerable<JsonElement> lines, Dictionary<long, long> shown)
    {
        foreach (var line in lines.Where(line => shown.TryAdd(line.GetProperty("id").GetInt64(), line.GetProperty("timestamp").GetInt64())))
            await run.Output.WriteLineAsync(run.AsJson ? line.GetRawText() : Text(line)).ConfigureAwait(false);
    }

    private static string Text(JsonElement line)
    {
        var when = DateTimeOffset.FromUnixTimeMilliseconds(line.GetProperty("timestamp").GetInt64()).ToLocalTime();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{when:yyyy-MM-dd HH:mm:ss.fff} {line.GetProperty("level").GetString(), -8} {line.GetProperty("source").GetString()}: "
                + $"{line.GetProperty("message").GetString()}"
        );
    }
}
