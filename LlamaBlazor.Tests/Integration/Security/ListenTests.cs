using System.Diagnostics;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Configuration;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>However an address is named: only loopback is listened on.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Urls", "http://0.0.0.0:1")]
    [InlineData("Urls", "http://127.0.0.1:1;http://*:2")]
    [InlineData("Urls", "http://[::]:1")]
    [InlineData("Urls", "http://192.0.2.1:1")]
    [InlineData("HTTP_PORTS", "8080")]
    [InlineData("HTTPS_PORTS", "8443")]
    [InlineData("http_ports", "8080;8081")]
    [InlineData("Kestrel:Endpoints:Lan:Url", "http://0.0.0.0:1")]
    public void AddressBeyondThisMachine_IsRefused_WithTheWayOut(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        Assert.Contains("SSH tunnel", Assert.Throws<StartupException>(() => ListenRules.Require(configuration)).Message);
    }

    [Fact]
    public void Ports_DoNotCount_BesideAnAddress() =>
        ListenRules.Require(
            new ConfigurationBuilder()
                .AddInMemoryCollection([
                    new("Urls", "http://127.0.0.1:5080;http://[::1]:5080;http://localhost.:1"),
                    new("HTTP_PORTS", "8080"),
                ])
                .Build()
        );

    [Theory]
    [InlineData("ASPNETCORE_HTTP_PORTS", "0", true)]
    [InlineData("DOTNET_HTTP_PORTS", "0", true)]
    [InlineData("ASPNETCORE_HTTPS_PORTS", "0", true)]
    [InlineData("URLS", "http://*:0", false)]
    [InlineData("Kestrel__Endpoints__Lan__Url", "http://0.0.0.0:0", true)]
    public async Task Environment_OpensNothing(string variable, string value, bool isUnnamed)
    {
        var (program, prefix) = OwnProgram.Find();
        string[] unnamed = isUnnamed ? ["--urls", ""] : [];
        var start = new ProcessStartInfo(program, [.. prefix, "--data", _folder.File("data"), .. unnamed])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(1, process.ExitCode);
            Assert.Contains(
                "can be reached from other machines",
                (await error + await output).Replace(
                    "which listens on every address of this machine",
                    "can be reached from other machines",
                    StringComparison.Ordinal
                )
            );
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
