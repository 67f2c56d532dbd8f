using System.Net;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>A models folder as Ollama keeps it, among the models folders of the dashboard.</summary>
public sealed class OllamaTests : AppFixture
{
    private static readonly string Weights = new('a', 64);
    private static readonly string Lost = new('b', 64);

    private string Root => Path.Combine(ModelFolder, "ollama");

    [Fact]
    public async Task Models_HaveTheNamesOfTheManifests_AndAreOnlyRead()
    {
        GgufSamples.Llama().Save(Path.Combine(Root, "blobs", "sha256-" + Weights));
        File.WriteAllText(Path.Combine(Root, "blobs", "sha256-" + new string('c', 64)), "a licence");
        Manifest("registry.ollama.ai/library/llama3.2/3b", Weights);
        Manifest("registry.ollama.ai/library/llama3.2/latest", Weights); // the same file under a second name
        Manifest("registry.ollama.ai/library/gone/latest", Lost);
        Manifest("registry.ollama.ai/library/broken/latest", "../../../../etc/passwd");
        var result = await Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.Equal(1, result.Found);
        Assert.Contains(result.Errors, error => error.Path.EndsWith(Lost, StringComparison.Ordinal));
        Assert.Equal("llama", (await GetAsync("/api/models/llama3.2%3A3b")).GetProperty("architecture").GetString());
        Assert.Equal(0, (await Services.GetRequiredService<LibraryService>().ScanAsync()).Updated);
        var refused = await Http.DeleteAsync("/api/models/llama3.2%3A3b?file=true");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("belongs to another program (Ollama)", await refused.Content.ReadAsStringAsync());
        Assert.True(File.Exists(Path.Combine(Root, "blobs", "sha256-" + Weights)));
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services => services.AddSingleton(new ForeignFolders([new UsualPlace("Ollama", Root)])));
    }

    private void Manifest(string place, string hash)
    {
        var path = Path.Combine(Root, "manifests", place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $$"""{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{{hash}}"}]}""");
    }
}
