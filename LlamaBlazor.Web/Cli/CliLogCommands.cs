using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>logs tail</c>.</summary>
internal static class CliLogCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

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
        var tail = new Command("tail", "Shows the newest lines of the log") { count, follow, level };
        tail.SetAction((result, cancellation) =>
        {
            var run = context(result);
            var query = $"?limit={result.GetValue(count)}{(result.GetValue(level) is { } least ? $"&level={Uri.EscapeDataString(least)}" : "")}";
            return run.RunAsync(connection => TailAsync(run, connection, query, result.GetValue(follow), cancellation), needsServer: result.GetValue(follow), cancellation);
        });
        logs.Subcommands.Add(tail);
    }

    private static async Task<int> TailAsync(CliContext run, DashboardConnection connection, string query, bool follow, CancellationToken cancellation)
    {
        long last = 0;
        try
        {
            do
            {
                using var answer = await connection.Http.GetAsync(new Uri("/api/logs" + query, UriKind.Relative), cancellation).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                    return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
                using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
                foreach (var line in page.RootElement.GetProperty("items").EnumerateArray().Reverse().Where(line => line.GetProperty("id").GetInt64() > last))
                {
                    last = line.GetProperty("id").GetInt64();
                    await run.Output.WriteLineAsync(run.AsJson ? line.GetRawText() : Text(line)).ConfigureAwait(false);
                }

                if (follow)
                    await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
            while (follow);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C ends it well.
        }

        return CliContext.Ok;
    }

    private static string Text(JsonElement line)
    {
        var when = DateTimeOffset.FromUnixTimeMilliseconds(line.GetProperty("timestamp").GetInt64()).ToLocalTime();
        return string.Create(CultureInfo.InvariantCulture, $"{when:yyyy-MM-dd HH:mm:ss.fff} {line.GetProperty("level").GetString(),-8} {line.GetProperty("source").GetString()}: {line.GetProperty("message").GetString()}");
    }
}
