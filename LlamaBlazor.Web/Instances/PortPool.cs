using System.Net;
using System.Net.Sockets;

namespace LlamaBlazor.Web.Instances;

/// <summary>Ports of the configured range that are free: promised to nobody of ours, and bindable at this moment.</summary>
internal sealed class PortPool
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _taken = []; // bounded by the range: at most 64,512
    private int _next = Random.Shared.Next(ushort.MaxValue); // two dashboards must not try the same ports at the same moment

    /// <summary>Ports promised to instances now.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
                return _taken.Count;
        }
    }

    /// <summary>Takes the next free port of a range, or null when all are in use. Goes round, so that a port just freed rests.</summary>
    public int? Take(int first, int last)
    {
        lock (_gate)
        {
            var count = last - first + 1;
            for (var i = 0; i < count; i++)
            {
                var port = first + ((_next + i) % count);
                if (_taken.Contains(port) || !IsFree(port))
                    continue;
                _taken.Add(port);
                _next = (port - first + 1) % count;
                return port;
            }

            return null;
        }
    }

    /// <summary>Gives a port back.</summary>
    public void Release(int port)
    {
        lock (_gate)
            _taken.Remove(port);
    }

    // Bound to the same address as the engine will be, and without the option that lets two programs share a port.
    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
