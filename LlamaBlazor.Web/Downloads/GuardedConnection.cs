using System.Net;
using System.Net.Sockets;
using LlamaBlazor.Domain.Models.Downloads;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>
/// Opens connections to the internet only. The check is made on the address that is connected to, after the name was resolved, so that no
/// name and no
/// redirect leads into the networks of this machine.
/// </summary>
internal sealed class GuardedConnection(IOptionsMonitor<DownloadOptions> options)
{
    /// <summary>A handler that follows no redirect, keeps no cookie, and connects through this guard.</summary>
    public SocketsHttpHandler MakeHandler() =>
        new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        };

    /// <summary>Why an address may not be asked at all, or null. Names are judged when they are resolved.</summary>
    public string? Objection(Uri uri) =>
        !options.CurrentValue.Trusts(uri.IdnHost, uri.Port)
        && IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address)
        && !PublicAddress.Is(address)
            ? Refusal(uri.Host)
            : null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        if (!options.CurrentValue.Trusts(host, port) && !IsProxy(context))
            addresses = [.. addresses.Where(PublicAddress.Is)];
        if (addresses.Length == 0)
            throw new PrivateAddressException(Refusal(host));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A proxy of the environment resolves names itself and is usually in the own network.
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } uri
        && (
            !uri.IdnHost.Trim('[', ']').Equals(context.DnsEndPoint.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            || uri.Port != context.DnsEndPoint.Port
        );

    private static string Refusal(string host) =>
        $"{host} is in a private network, where downloads may not lead. If it is a mirror of your own, add it to "
        + $"{DownloadOptions.Section}:{nameof(DownloadOptions.TrustedHosts)}.";
}

/// <summary>A name leads only to addresses of private networks.</summary>
/// <param name="message">For people.</param>
internal sealed class PrivateAddressException(string message) : IOException(message);
