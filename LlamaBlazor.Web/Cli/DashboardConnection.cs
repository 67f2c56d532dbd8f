using System.Net.Http.Headers;
using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LlamaBlazor.Web.Cli;

/// <summary>
/// The way from a command to the dashboard: to the one that runs on the data folder, or else to one in this process, started for the
/// command on a port of
/// its own and ended with it. Either way every command goes through the same API and the same checks.
/// </summary>
internal sealed class DashboardConnection : IAsyncDisposable
{
    /// <summary>A busy machine may take seconds; where nothing listens the refusal comes at once.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(3);
    private readonly WebApplication? _own;

    private DashboardConnection(Uri address, WebApplication? own)
    {
        _own = own;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = EngineTls.Options })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>A client of the API.</summary>
    public HttpClient Http { get; }

    /// <summary>Whether a dashboard runs apart from this command.</summary>
    public bool IsServerRunning => _own is null;

    /// <summary>Path of the data folder that the arguments name.</summary>
    public static string Locate(string[] hostArguments) => DataFeature.Locate(DashboardHost.CreateBuilder(hostArguments));

    /// <summary>Finds the running dashboard, or null.</summary>
    public static async Task<DashboardConnection?> FindAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            var text = await File.ReadAllTextAsync(ServerBeacon.PathIn(folder), cancellation).ConfigureAwait(false);
            if (JsonSerializer.Deserialize<ServerAddress>(text) is not { } server)
                return null;
            var connection = new DashboardConnection(new Uri(server.Url), null);
            if (await connection.AnswersAsync(server.Session, cancellation).ConfigureAwait(false))
            {
                connection.SignIn(DashboardPass.Find(folder, server.Session!)); // only now: something else may listen there
                return connection;
            }

            await connection.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or UriFormatException)
        {
            return null;
        }
    }

    /// <summary>Starts one in this process.</summary>
    /// <exception cref="StartupException">It cannot start, or its database cannot be used.</exception>
    public static async Task<DashboardConnection> StartAsync(
        string[] hostArguments,
        Func<string[], WebApplication> build,
        CancellationToken cancellation
    )
    {
        string[] own = ["--urls", "http://127.0.0.1:0", "--Logging:Console:LogLevel:Default=None", DashboardHost.OnceArgument];
        var app = build([.. hostArguments, .. own]);
        await app.StartAsync(cancellation).ConfigureAwait(false);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var connection = new DashboardConnection(new Uri(address), app);
        var database = app.Services.GetRequiredService<DatabaseState>();
        try
        {
            if (
                !await database.IsUsableAsync(cancellation).WaitAsync(ReadyLimit, ProgramClock.Instance, cancellation).ConfigureAwait(false)
            )
                throw new InvalidOperationException(database.Failure);
            connection.SignIn(app.Services.GetRequiredService<DashboardPass>().ForCommands);
            return connection;
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new StartupException(error.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_own is null)
            return;
        await _own.StopAsync().ConfigureAwait(false);
        await _own.DisposeAsync().ConfigureAwait(false);
    }

    private void SignIn(string? secret)
    {
        if (secret is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    private async Task<bool> AnswersAsync(string? session, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(AnswerLimit, ProgramClock.Instance);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var answer = await Http.GetAsync(new Uri("/healthz", UriKind.Relative), limit.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                && session is not null
                && (await answer.Content.ReadFromJsonAsync<Health>(limit.Token).ConfigureAwait(false))?.Session == session;
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException or NotSupportedException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return false; // left by one that was killed
        }
    }

    private sealed record Health(string? Session);
}
