using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LlamaBlazor.Tests.Support;

/// <summary>A certificate of one's own making for this machine, valid for an hour around now.</summary>
internal static class TestCertificate
{
    /// <summary>Makes it, with its key.</summary>
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-30), now.AddMinutes(30));
    }

    /// <summary>Writes it with its key as PFX, as a person would with openssl.</summary>
    public static void WritePfx(this X509Certificate2 certificate, string path, string password) =>
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
}
