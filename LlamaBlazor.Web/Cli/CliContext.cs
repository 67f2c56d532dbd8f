using System.Text.Json;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Cli;

/// <summary>What every command needs: the data folder, the way to the dashboard, and where to write.</summary>
/// <param name="HostArguments">Arguments that name the data folder, in the server's own words.</param>
/// <param name="AsJson">Whether answers are shown as JSON.</param>
/// <param name="Build">Makes the dashboard.</param>
/// <param name="Output">Where answers go.</param>
/// <param name="Error">Where everything else goes.</param>
internal sealed record CliContext(
    string[] HostArguments,
    bool AsJson,
    Func<string[], WebApplication> Build,
    TextWriter Output,
    TextWriter Error
)
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Not done; the reason was written.</summary>
    public const int Failed = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Path of the data folder.</summary>
    public string DataFolder => DashboardConnection.Locate(HostArguments);

    /// <summary>Connects and runs; failures become words and an exit code.</summary>
    public Task<int> RunAsync(Func<DashboardConnection, Task<int>> work, bool needsServer, CancellationToken cancellation) =>
        TryAsync(async () =>
        {
            var connection = await DashboardConnection.FindAsync(DataFolder, cancellation).ConfigureAwait(false);
            if (connection is null && needsServer)
                return await FailAsync($"No dashboard is running on {DataFolder}. Start one first: llamablazor serve")
                    .ConfigureAwait(false);
            connection ??= await DashboardConnection.StartAsync(HostArguments, Build, cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return await work(connection).ConfigureAwait(false);
        });

    /// <summary>Runs work whose failures become words and an exit code.</summary>
    public async Task<int> TryAsync(Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception error)
            when (error is StartupException or HttpRequestException or IOException or UnauthorizedAccessException or SqliteException)
        {
            return await FailAsync(Words(error)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync("Cancelled.").ConfigureAwait(false);
        }
    }

    // The system's own words name the file, except those of SQLite, which mean the database.
    private string Words(Exception error) =>
        error switch
        {
            UnauthorizedAccessException => $"{error.Message} Give this user access to it, or run the command as its owner.",
            SqliteException { SqliteErrorCode: 8 or 14 } =>
                $"{Data.DataFolder.Peek(DataFolder).Database} cannot be opened ({error.Message}). Give this user read and write "
                    + $"access to it, to the files beside it, and to {DataFolder}, or run the command as their owner.",
            SqliteException => $"{Data.DataFolder.Peek(DataFolder).Database}: {error.Message}",
            _ => error.Message,
        };

    /// <summary>Says why it was not done.</summary>
    public async Task<int> FailAsync(string reason)
    {
        await Error.WriteLineAsync(reason).ConfigureAwait(false);
        return Failed;
    }

    /// <summary>Says what was done: a value as JSON, or words.</summary>
    public Task SayAsync<T>(T value, string words) =>
        Output.WriteLineAsync(AsJson ? JsonSerializer.Serialize(value, ApiJson.Options) : words);

    /// <summary>Calls the API and shows the answer.</summary>
    public async Task<int> CallAsync(
        DashboardConnection connection,
        HttpRequestMessage request,
        IReadOnlyList<string> columns,
        CancellationToken cancellation
    )
    {
        using var answer = await connection.Http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ShowAsync(answer, columns, cancellation).ConfigureAwait(false);
    }

    /// <summary>Shows all pages of a list as one.</summary>
    public async Task<int> ListAsync(
        DashboardConnection connection,
        string path,
        IReadOnlyList<string> columns,
        CancellationToken cancellation
    )
    {
        var items = new List<JsonElement>(); // as many as there are
        string? after = null;
        do
        {
            var address = after is null
                ? path
                : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(after)}";
            using var answer = await connection.Http.GetAsync(new Uri(address, UriKind.Relative), cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                return await ShowAsync(answer, columns, cancellation).ConfigureAwait(false);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            after =
                page.TryGetProperty("next", out var next) && next.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ? next.ToString()
                    : null;
        } while (after is not null);
        return await ShowAsync(JsonSerializer.SerializeToElement(new { items, next = (string?)null }), columns).ConfigureAwait(false);
    }

    /// <summary>Shows an answer; a problem goes to the error output with its fields.</summary>
    public async Task<int> ShowAsync(HttpResponseMessage answer, IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        var isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        var json = isJson ? JsonDocument.Parse(text).RootElement : default;
        if (!answer.IsSuccessStatusCode)
        {
            await Error.WriteLineAsync(isJson ? Problem(json) : $"{(int)answer.StatusCode} {answer.ReasonPhrase}").ConfigureAwait(false);
            return Failed;
        }

        if (isJson)
            return await ShowAsync(json, columns).ConfigureAwait(false);
        await Output.WriteLineAsync(AsJson ? "{}" : "Done.").ConfigureAwait(false);
        return Ok;
    }

    /// <summary>Shows a result; one that says of itself that it is not ok is a failure.</summary>
    public async Task<int> ShowAsync(JsonElement result, IReadOnlyList<string> columns)
    {
        await Output.WriteLineAsync(CliJson.Show(result, AsJson, columns)).ConfigureAwait(false);
        return result.ValueKind == JsonValueKind.Object && result.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.False
            ? Failed
            : Ok;
    }

    /// <summary>A request with a JSON body, or none.</summary>
    public static HttpRequestMessage Request(string method, string path, object? body) =>
        new(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };

    private static string Problem(JsonElement problem)
    {
        var lines = new List<string>();
        if (problem.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String)
            lines.Add(detail.GetString()!);
        else if (problem.TryGetProperty("title", out var title))
            lines.Add(title.GetString() ?? "Failed");
        if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
            lines.AddRange(
                errors
                    .EnumerateObject()
                    .SelectMany(field => field.Value.EnumerateArray().Select(error => $"  {field.Name}: {error.GetString()}"))
            );
        return string.Join('\n', lines);
    }
}
