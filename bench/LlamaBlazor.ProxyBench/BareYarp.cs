using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace LlamaBlazor.ProxyBench;

/// <summary>The least that YARP can do: everything goes to one address. What the dashboard adds is measured against it.</summary>
internal static class BareYarp
{
    /// <summary>Serves until it is told to end.</summary>
    public static async Task<int> RunAsync(int port, string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
            }
        );
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Map(
            "/{**path}",
            async context =>
                await forwarder.SendAsync(
                    context,
                    upstream,
                    client,
                    new ForwarderRequestConfig { Version = HttpVersion.Version11 },
                    HttpTransformer.Default
                )
        );
        await app.RunAsync();
        return 0;
    }
}
