using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Downloads;

/// <summary>The real program, with a server of files that it takes for Hugging Face and a second one that it trusts.</summary>
public class DownloadFixture : AppFixture
{
    private volatile Func<string, long?>? _freeSpace;

    /// <summary>The hub.</summary>
    internal FileServer Hub { get; private set; } = null!;

    /// <summary>Another host, as files of the hub lie on.</summary>
    internal FileServer Mirror { get; private set; } = null!;

    /// <summary>Whether two at a time are said outside.</summary>
    protected virtual bool SetsParallel => true;

    public override async ValueTask InitializeAsync()
    {
        (Hub, Mirror) = (await FileServer.StartAsync(), await FileServer.StartAsync());
        With("LlamaBlazor:Downloads:HuggingFaceUrl", Hub.Url("/"))
            .With("LlamaBlazor:Downloads:TrustedHosts:0", Mirror.Address.Authority)
            .With("LlamaBlazor:Downloads:Retries", "0");
        if (SetsParallel)
            With("LlamaBlazor:Downloads:Parallel", "2");
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Hub.DisposeAsync();
        await Mirror.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Says how much room there is; null asks the system again.</summary>
    public void SetFreeSpace(Func<string, long?>? freeSpace) => _freeSpace = freeSpace;

    /// <summary>Path of a file in the models folder.</summary>
    public string PathOf(string name) => Path.Combine(ModelFolder, name);

    /// <summary>Asks for a download; the ids of its files.</summary>
    public async Task<long[]> AddAsync(object request)
    {
        using var answer = await Http.PostAsJsonAsync("/api/downloads", request);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return
        [
            .. (await answer.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("id").GetInt64()),
        ];
    }

    /// <summary>The words with which a request is refused.</summary>
    public async Task<(HttpStatusCode Status, string Text)> RefusalAsync(object request)
    {
        using var answer = await Http.PostAsJsonAsync("/api/downloads", request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<JsonElement> FindAsync(long id) => GetAsync($"/api/downloads/{id}");

    public async Task PostAsync(long id, string verb)
    {
        using var answer = await Http.PostAsync($"/api/downloads/{id}/{verb}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until a download has come to a state.</summary>
    public async Task<JsonElement> UntilAsync(long id, string status)
    {
        JsonElement download = default;
        await Until.TrueAsync(
            async () =>
                (download = await FindAsync(id)).GetProperty("status").GetString() is var now
                && (now == status || now is "done" or "failed"),
            $"download {id} is {status}"
        );
        Assert.True(download.GetProperty("status").GetString() == status, download.ToString());
        return download;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services =>
            services.AddSingleton<ReadFreeSpace>(folder => _freeSpace is { } given ? given(folder) : DiskSpace.Read(folder))
        );
    }
}
