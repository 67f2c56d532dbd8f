using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared;

namespace LlamaBlazor.Web.Cli;

/// <summary>Long operations on the terminal: shows how far they are, ends them on Ctrl+C, and gives their result.</summary>
internal static class CliJobs
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Starts an operation with a request that asks for its job, and follows that to its end.</summary>
    public static async Task<int> RunAsync(
        CliContext run,
        DashboardConnection connection,
        HttpRequestMessage request,
        CancellationToken cancellation
    )
    {
        using var answer = await connection.Http.SendAsync(request, cancellation).ConfigureAwait(false);
        if (answer.StatusCode != System.Net.HttpStatusCode.Accepted)
            return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
        var job = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None).ConfigureAwait(false);
        return await FollowAsync(run, connection, job, cancellation).ConfigureAwait(false);
    }

    /// <summary>Shows how far the operation is that runs while something else is waited for.</summary>
    public static async Task WatchAsync(CliContext run, DashboardConnection connection, Task work)
    {
        using var line = new ProgressLine(run);
        while (await Task.WhenAny(work, Task.Delay(Pause, ProgramClock.Instance)).ConfigureAwait(false) != work)
        {
            var jobs = await connection
                .Http.GetFromJsonAsync<JsonElement>(new Uri("/api/database/jobs", UriKind.Relative))
                .ConfigureAwait(false);
            foreach (var job in jobs.GetProperty("items").EnumerateArray().Where(job => job.GetProperty("state").GetString() == "running"))
                line.Show(job);
        }
    }

    /// <summary>A place for work of this process to tell how far it is.</summary>
    public static IProgress<WorkStep> Teller(CliContext run) => new ProgressLine(run);

    private static async Task<int> FollowAsync(
        CliContext run,
        DashboardConnection connection,
        JsonElement job,
        CancellationToken cancellation
    )
    {
        var address = new Uri($"/api/database/jobs/{job.GetProperty("id").GetInt64()}", UriKind.Relative);
        var asked = false;
        using (var line = new ProgressLine(run))
        {
            while (job.GetProperty("state").GetString() == "running")
            {
                line.Show(job);
                await Task.Delay(Pause, ProgramClock.Instance, CancellationToken.None).ConfigureAwait(false);
                if (cancellation.IsCancellationRequested && !asked)
                {
                    asked = true;
                    (
                        await connection
                            .Http.PostAsync(new Uri($"{address}/cancel", UriKind.Relative), null, CancellationToken.None)
                            .ConfigureAwait(false)
                    ).Dispose();
                }

                job = await connection.Http.GetFromJsonAsync<JsonElement>(address, CancellationToken.None).ConfigureAwait(false);
            }
        }

        if (job.GetProperty("state").GetString() != "done")
        {
            await run.Error.WriteLineAsync(job.GetProperty("error").GetString()).ConfigureAwait(false);
            return CliContext.Failed;
        }

        return await run.ShowAsync(job.GetProperty("result"), []).ConfigureAwait(false);
    }

    // One line that is written over on a terminal; a line for each step elsewhere; nothing beside JSON.
    private sealed class ProgressLine(CliContext run) : IProgress<WorkStep>, IDisposable
    {
        private readonly bool _isTerminal = ReferenceEquals(run.Error, Console.Error) && !Console.IsErrorRedirected;
        private string _shown = "";

        public void Report(WorkStep value) => Show(value.Name, value.Fraction is { } part ? (int)(part * 100) : null);

        public void Show(JsonElement job) =>
            Show(
                job.GetProperty("step").GetString()!,
                job.GetProperty("percent") is { ValueKind: JsonValueKind.Number } percent ? percent.GetInt32() : null
            );

        public void Dispose()
        {
            if (_isTerminal && _shown.Length > 0)
                run.Error.Write($"\r{new string(' ', _shown.Length)}\r");
        }

        private void Show(string step, int? percent)
        {
            var text = _isTerminal && percent is not null ? $"{step}, {percent} %" : step;
            if (run.AsJson || text == _shown)
                return;
            if (_isTerminal)
                run.Error.Write($"\r{text.PadRight(_shown.Length)}");
            else
                run.Error.WriteLine(text);
            _shown = text;
        }
    }
}
