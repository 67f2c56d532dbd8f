using System.Net;
using System.Net.Sockets;

namespace LlamaBlazor.Tests.Support;

/// <summary>A port of loopback that nobody is given by chance: one the system gives out may be another test's as soon as it is
/// free.</summary>
internal static class QuietPort
{
    /// <summary>Listens on one.</summary>
    public static TcpListener Listen()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 30_000));
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                listener.Dispose(); // in use
            }
        }
    }
}
