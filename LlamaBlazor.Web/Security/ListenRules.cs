using System.Globalization;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Security;

/// <summary>The dashboard listens on loopback only, whichever of the web server's ways names the address.</summary>
internal static class ListenRules
{
    /// <summary>The port that people know.</summary>
    private const int UsualPort = 5080;

    private static readonly string[] PortKeys = ["HTTP_PORTS", "HTTPS_PORTS"];

    /// <summary>Looks at all that is configured: Urls, the endpoints of Kestrel, and the ports that count where there is no Urls. Throws
    /// unless every address names this machine alone.</summary>
    /// <param name="configuration">The configuration; <c>ASPNETCORE_</c> and <c>DOTNET_</c> are part of it.</param>
    /// <exception cref="StartupException">One can be reached from other machines.</exception>
    public static void Require(IConfiguration configuration)
    {
        Require(configuration["Urls"]);
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
            Require(endpoint["Url"]);
        if (!string.IsNullOrWhiteSpace(configuration["Urls"]) || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            return;
        foreach (var key in PortKeys)
        {
            if (configuration[key] is { } ports && !string.IsNullOrWhiteSpace(ports))
                throw new StartupException(
                    $"{key} is '{ports}' (as ASPNETCORE_{key} or DOTNET_{key}), which listens on every address of this machine. "
                        + $"{Advice(PortOf(ports))}"
                );
        }
    }

    /// <summary>Throws unless every address names this machine alone.</summary>
    /// <param name="urls">Addresses with <c>;</c> between them, or null.</param>
    /// <exception cref="StartupException">One can be reached from other machines.</exception>
    public static void Require(string? urls)
    {
        foreach (var (url, address) in ListenAddress.Read(urls))
        {
            if (!address.IsUnixPipe && !SecurityFeature.IsThisMachine(address.Host))
                throw new StartupException($"The address {url} can be reached from other machines. {Advice(address.Port)}");
        }
    }

    private static string Advice(int port) =>
        $"This dashboard has no log-in to keep them out. Use http://127.0.0.1:{port} (configuration key Urls), "
        + $"and reach it from elsewhere through an SSH tunnel: ssh -L {port}:127.0.0.1:{port} this-machine.";

    private static int PortOf(string ports) =>
        int.TryParse(ports.Split([';', ','], 2)[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : UsualPort;
}
