using System.Net;
using System.Net.Sockets;

namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>Tells addresses of the internet from those of this machine and its networks, which nothing from outside may point us
/// to.</summary>
public static class PublicAddress
{
    // IANA's registries of special-purpose addresses, as far as they are not globally reachable.
    private static readonly IPNetwork[] Special =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/96"),
        IPNetwork.Parse("100::/64"),
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/9"),
        IPNetwork.Parse("ff00::/8"),
    ];

    // an IPv4 address in the last four bytes
    private static readonly IPNetwork[] Carriers = [IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48")];

    /// <summary>True for an address that anybody on the internet reaches.</summary>
    /// <param name="address">An address a name was resolved to.</param>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return Is(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Array.Exists(Carriers, network => network.Contains(address)))
                return Is(new IPAddress(bytes.AsSpan(12)));
            if (bytes[0] == 0x20 && bytes[1] == 0x02) // 6to4: an IPv4 address in bytes 2 to 5
                return Is(new IPAddress(bytes.AsSpan(2, 4)));
        }

        return !Array.Exists(Special, network => network.Contains(address));
    }
}
