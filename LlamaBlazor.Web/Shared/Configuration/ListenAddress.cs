using System.Net;
using System.Net.Sockets;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>The addresses of <c>--urls</c>: read, and tried before anything begins, so that a mistake is told in a sentence instead of the
/// web server's stack.</summary>
internal static class ListenAddress
{
    /// <summary>The addresses of a list with <c>;</c> between them.</summary>
    /// <param name="urls">The configuration key Urls, or null.</param>
    /// <exception cref="StartupException">One is not an address.</exception>
    public static IEnumerable<(string Url, BindingAddress Address)> Read(string? urls) =>
        (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => (url, Parse(url)));

    /// <summary>Throws where another program listens, or where the system does not let this one.</summary>
    /// <param name="urls">The configuration key Urls, or null.</param>
    /// <exception cref="StartupException">An address cannot be listened on.</exception>
    public static void RequireFree(string? urls)
    {
        foreach (var (url, address) in Read(urls).Where(pair => pair.Address is { IsUnixPipe: false, Port: > 0 }))
        {
            try
            {
                using var probe = new TcpListener(
                    IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given : IPAddress.Loopback,
                    address.Port
                );
                probe.Start();
            }
            catch (SocketException error)
            {
                throw new StartupException(
                    error.SocketErrorCode == SocketError.AddressAlreadyInUse
                        ? $"{url} is taken, perhaps by a dashboard that runs already: open it in a browser. Or choose another "
                            + $"address, such as --urls {address.Scheme}://{address.Host}:{Neighbour(address.Port)}."
                        : $"{url} cannot be listened on: {error.Message}. Choose another address with --urls."
                );
            }
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address is { IsUnixPipe: true } or { Port: >= 0 and <= IPEndPoint.MaxPort })
                return address;
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw new StartupException(
            $"'{url}' is no address to listen on. Write it as http://127.0.0.1:5080 (--urls, or the configuration key Urls)."
        );
    }

    private static int Neighbour(int port) => port == IPEndPoint.MaxPort ? port - 1 : port + 1;
}
