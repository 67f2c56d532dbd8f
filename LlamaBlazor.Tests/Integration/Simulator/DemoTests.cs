using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Simulator;

/// <summary><c>--demo</c>: everything works, and nothing touches real data.</summary>
public sealed class DemoTests(DemoApp app) : IClassFixture<DemoApp>
{
    [Fact]
    public void Data_IsInAFolderOfItsOwn()
    {
        var folder = app.Services.GetRequiredService<DataFolder>();
        Assert.Equal(Path.Combine(app.Folder.File("data"), "demo"), folder.Root);
        Assert.Equal(SampleModel.All.Count, Directory.GetFiles(Path.Combine(folder.Root, "models"), "*.gguf").Length);
        Assert.False(File.Exists(Path.Combine(app.Folder.File("data"), "llama-dashboard.db")));
    }

    [Fact]
    public async Task Folders_AreShown_AsSetByTheCommandLine()
    {
        var folders = await app.GetAsync("/api/settings/ModelDirectories");
        Assert.Equal(("command_line", true), (folders.GetProperty("source").GetString(), folders.GetProperty("locked").GetBoolean()));
        var only = Assert.Single(folders.GetProperty("value").EnumerateArray()).GetString();
        Assert.Equal(Path.Combine(app.Services.GetRequiredService<DataFolder>().Root, "models"), only);
    }

    [LinuxFact]
    public void Samples_TakeNoRoom()
    {
        var files = Directory.GetFiles(Path.Combine(app.Services.GetRequiredService<DataFolder>().Root, "models"));
        Assert.True(files.Sum(file => new FileInfo(file).Length) > 10_000_000_000);
    }

    private const string Chat = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [LinuxTheory]
    [InlineData("/v1/chat/completions", """{"model":"served",CHAT,"max_tokens":2}""", "\"chat.completion\"")]
    [InlineData("/v1/completions", """{"model":"served","prompt":"Hi","max_tokens":2}""", "\"text_completion\"")]
    [InlineData("/v1/messages", """{"model":"served",CHAT,"max_tokens":2}""", "\"stop_reason\":\"max_tokens\"")]
    [InlineData("/v1/messages/count_tokens", """{"model":"served",CHAT}""", "\"input_tokens\"")]
    [InlineData("/v1/responses", """{"model":"served","input":"Hi","max_output_tokens":2}""", "\"object\":\"response\"")]
    [InlineData("/v1/embeddings", """{"model":"served","input":"Hi","encoding_format":"base64"}""", "\"encoding_format\":\"base64\"")]
    [InlineData("/v1/rerank", """{"model":"served","query":"Hi","documents":["a","b"]}""", "\"relevance_score\"")]
    public async Task EveryApi_IsServed(string path, string body, string part)
    {
        await AddAsync("served");
        using var content = new StringContent(body.Replace("CHAT", Chat, StringComparison.Ordinal), null, "application/json");
        using var answer = await app.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Contains(part, text);
    }

    [Fact]
    [EffectOf("LlamaBlazor:Demo")]
    public async Task SampleModel_StartsOnTheSimulatedEngine()
    {
        var id = await AddAsync("demo");
        var running = await app.Services.GetRequiredService<InstanceSupervisor>().EnsureReadyAsync(id, CancellationToken.None);
        Assert.True(running.IsSuccess, running.Failure?.Message);
        using var http = EngineClient.Of(running.Value);
        Assert.Contains("b9921-simulated", await http.GetStringAsync(new Uri(running.Value.BaseUrl + "/props")));
    }

    private async Task<long> AddAsync(string name)
    {
        var path = Directory.GetFiles(Path.Combine(app.Services.GetRequiredService<DataFolder>().Root, "models"))[0];
        var id = await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    if (await context.Models.FirstOrDefaultAsync(model => model.Name == name, token) is { } known)
                        return known.Id;
                    var model = new Model
                    {
                        Uid = name,
                        Name = name,
                        Type = "llama",
                        ModelPath = path,
                    };
                    context.Models.Add(model);
                    await context.SaveChangesAsync(token);
                    return model.Id;
                }
            );
        app.Services.GetRequiredService<Broadcast<ModelChanged>>().Publish(new ModelChanged(id, ModelChanged.Added));
        return id;
    }
}

/// <summary>The program in demo mode.</summary>
public sealed class DemoApp : AppFixture
{
    public DemoApp() => With(DashboardHost.DemoKey, "true");
}
