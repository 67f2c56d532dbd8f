using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LlamaBlazor.Web.Engines;

/// <summary>
/// Which certificates are accepted from engines, and from the dashboard by itself: any on loopback, since we started what listens there and
/// its certificate
/// is most often its own work. Anywhere else the usual rules hold.
/// </summary>
internal static class EngineTls
{
    /// <summary>Options for a client that talks to engines, or to the dashboard.</summary>
    public static SslClientAuthenticationOptions Options => new() { RemoteCertificateValidationCallback = IsAccepted };

    private static bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors is SslPolicyErrors.None
        || (
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)
            && sender is SslStream stream
            && IsLoopback(stream.TargetHostName)
        );

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
