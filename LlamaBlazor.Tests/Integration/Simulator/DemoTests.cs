using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Simulator;
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

    [LinuxFact]
    public void Samples_TakeNoRoom()
    {
        var files = Directory.GetFiles(Path.Combine(app.Services.GetRequiredService<DataFolder>().Root, "models"));
        Assert.True(files.Sum(file => new FileInfo(file).Length) > 10_000_000_000);
    }

    [Fact]
    public async Task SampleModel_StartsOnTheSimulatedEngine()
    {
        var path = Directory.GetFiles(Path.Combine(app.Services.GetRequiredService<DataFolder>().Root, "models"))[0];
        var id = await app.Services.GetRequiredService<DatabaseWriter>().ExecuteAsync(async (context, token) =>
        {
            var model = new Model { Uid = "demo", Name = "demo", Type = "llama", ModelPath = path };
            context.Models.Add(model);
            await context.SaveChangesAsync(token);
            return model.Id;
        });
        var running = await app.Services.GetRequiredService<InstanceSupervisor>().EnsureReadyAsync(id, CancellationToken.None);
        Assert.True(running.IsSuccess, running.Failure?.Message);
        using var http = EngineClient.Of(running.Value);
        Assert.Contains("b9921-simulated", await http.GetStringAsync(new Uri(running.Value.BaseUrl + "/props")));
    }
}

/// <summary>The program in demo mode.</summary>
public sealed class DemoApp : AppFixture
{
    public DemoApp() => With(DashboardHost.DemoKey, "true");
}
