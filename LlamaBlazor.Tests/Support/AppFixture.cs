using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Support;

/// <summary>The real program on a free port of loopback, with a data folder of its own. One a test class, through IClassFixture, or one a
/// test.</summary>
public class AppFixture : WebApplicationFactory<LlamaBlazor.Web.Program>, IAsyncLifetime
{
    private readonly Dictionary<string, string> _settings = [];

    public AppFixture()
    {
        Directory.CreateDirectory(ModelFolder);
        UseKestrel(0);
    }

    /// <summary>The folder all files of this run are in.</summary>
    public TempFolder Folder { get; } = new();

    /// <summary>The models folder it scans.</summary>
    public string ModelFolder => Folder.File("models");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>A client of that address.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Sets a configuration key; before the start.</summary>
    public AppFixture With(string key, string value)
    {
        _settings[key] = value;
        return this;
    }

    /// <summary>Starts the program and waits until <c>/readyz</c> answers 200.</summary>
    public virtual async ValueTask InitializeAsync()
    {
        Start();
        await Services.GetRequiredService<DatabaseState>().Ready.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Starts the program without waiting for its database.</summary>
    public void Start()
    {
        StartServer();
        Address = new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new PageHandler(Services.GetRequiredService<DashboardPass>()))
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>Ends the program and removes its files.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Http?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>GET of a path, as JSON.</summary>
    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("LlamaBlazor:DataDirectory", Folder.File("data"));
        builder.UseSetting("LlamaBlazor:ModelDirectories:0", ModelFolder);
        builder.UseSetting("LlamaBlazor:WatchFolders", "false"); // tests scan when they mean to
        builder.UseSetting("LlamaBlazor:EngineDirectories:0", Folder.Path); // engines of tests are scripts with names of their own
        // A busy machine must not change what a test sees; tests of admission set their own limits.
        foreach (
            var (key, value) in new[]
            {
                ("MaxMemoryPercent", "100"),
                ("MinFreeMemoryGb", "0"),
                ("MaxCpuPercent", "100"),
                ("MaxLoadPerCore", "1000"),
            }
        )
            builder.UseSetting("LlamaBlazor:Admission:" + key, value);
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
    }
}

/// <summary>Shows the dashboard's pass on its own API, as its pages do; routes for programs are asked as programs ask them.</summary>
internal sealed class PageHandler(DashboardPass pass) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (
            request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)
            && request.Headers.Authorization is null
            && !request.Headers.Contains("X-Api-Key")
        )
            request.Headers.Authorization = new("Bearer", pass.ForCommands);
        return base.SendAsync(request, cancellationToken);
    }
}
