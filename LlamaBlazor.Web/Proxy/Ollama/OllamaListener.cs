using System.Net;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Listens on the port of its own: a second, bare server in the same process, so that a port that is taken (by Ollama itself, most likely)
/// costs the
/// dashboard nothing and none of its pages can be reached there.
/// </summary>
internal sealed partial class OllamaListener(
    OllamaEndpoint endpoint,
    DatabaseState database,
    AllowedOrigins origins,
    AllowedHosts hosts,
    OllamaOptions options,
    TimeProvider clock,
    ILogger<OllamaListener> logger
) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Where it listens, or null.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Why it does not listen although it should, or null.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled)
            return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(IPAddress.Loopback, options.Port);
            });
        _app = builder.Build();
        _app.Use(
            (context, next) =>
            {
                context.Features.Set(new OllamaPortFeature());
                return next(context);
            }
        );
        _app.Use(next => new OriginGuard(next, new GuardRules(origins, hosts, static _ => true, static _ => false)).InvokeAsync);
        _app.Run(HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
            Address = new Uri(((IApplicationBuilder)_app).ServerFeatures.Get<IServerAddressesFeature>()!.Addresses.First());
            LogListening(Address);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            // A port that is taken, or one below 1024 that this user may not have: no reason to end the start.
            Problem =
                $"Port {options.Port} cannot be used: {error.Message} Is Ollama itself running? End it, or set "
                + $"{OllamaOptions.Section}:Port.";
            LogProblem(Problem);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task HandleAsync(HttpContext context)
    {
        if (
            !database.IsReady
            && await DatabaseGuard.FindReasonAsync(database, clock, context.RequestAborted).ConfigureAwait(false) is { } reason
        )
            await OllamaLists.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, reason).ConfigureAwait(false);
        else
            await endpoint.HandleAsync(context).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ollama's API is served at {Address}")]
    private partial void LogListening(Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ollama's API is not served. {Problem}")]
    private partial void LogProblem(string problem);
}
