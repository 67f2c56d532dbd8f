using System.Net.NetworkInformation;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>What .NET itself knows on every system: memory and network. The readers of Windows and macOS add to it.</summary>
internal class PortableMachineReader : IMachineReader
{
    /// <inheritdoc/>
    public virtual MachineReading Read()
    {
        var memory = GC.GetGCMemoryInfo();
        var (received, sent) = Network();
        return new MachineReading
        {
            MemoryTotal = memory.TotalAvailableMemoryBytes > 0 ? memory.TotalAvailableMemoryBytes : null,
            NetworkReceived = received,
            NetworkSent = sent,
        };
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    private static (long? Received, long? Sent) Network()
    {
        try
        {
            var interfaces = NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(network =>
                    network.OperationalStatus == OperationalStatus.Up
                    && network.NetworkInterfaceType is not (NetworkInterfaceType.Loopback or NetworkInterfaceType.Tunnel)
                )
                .Select(network => network.GetIPStatistics())
                .ToList();
            return (interfaces.Sum(network => network.BytesReceived), interfaces.Sum(network => network.BytesSent));
        }
        catch (Exception error) when (error is NetworkInformationException or PlatformNotSupportedException)
        {
            return (null, null);
        }
    }
}
