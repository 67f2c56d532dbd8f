using System.Text.Json;
using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LlamaBlazor.Web.Cli;

/// <summary>Writes where this dashboard listens to <c>server.json</c> in the data folder while it runs, so that commands can reach
/// it.</summary>
internal sealed class ServerBeacon(DataFolder folder, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    private CancellationTokenRegistration _started;

    /// <summary>Path of the file in a data folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "server.json");

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(Write);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _started.Dispose();
        File.Delete(PathIn(folder.Root));
        return Task.CompletedTask;
    }

    private void Write()
    {
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } address)
            return; // a test host without a network
        using var file = PrivateFile.Create(PathIn(folder.Root));
        JsonSerializer.Serialize(file, new ServerAddress(address, Environment.ProcessId, folder.Session));
    }
}

/// <summary>Where a dashboard listens.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Session">What <c>/healthz</c> there says of itself: another dashboard may listen at the address by now.</param>
internal sealed record ServerAddress(string Url, int Pid, string? Session);
