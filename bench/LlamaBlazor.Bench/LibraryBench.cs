using System.Diagnostics;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Resources;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shell;
using LlamaBlazor.Web.Simulator;
using LlamaBlazor.Web.Statistics;
using LlamaBlazor.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Bench;

/// <summary>The library over the real services and a real database: a rescan of 1,000 unchanged files, and the list with 10,000
/// models.</summary>
internal static class LibraryBench
{
    private const int Files = 1000;
    private const int Models = 10_000;
    private const int InView = 40; // rows that a scroll fetches

    /// <summary>Measures.</summary>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llamablazor-bench-");
        try
        {
            await MeasureAsync(folder.FullName);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder)
    {
        var models = Directory.CreateDirectory(Path.Combine(folder, "models")).FullName;
        for (var i = 0; i < Files; i++)
            GgufSamples.Llama($"Model {i}").Save(Path.Combine(models, $"model-{i}-Q4_K_M.gguf"));
        var builder = DashboardHost.CreateBuilder([
            "--data",
            Path.Combine(folder, "data"),
            "--models",
            models,
            "--urls",
            "http://127.0.0.1:0",
            "--LlamaBlazor:WatchFolders=false",
            "--Logging:LogLevel:Default=None",
        ]);
        builder
            .AddDemo()
            .AddSecurity()
            .AddData()
            .AddShell()
            .AddSettings()
            .AddModels()
            .AddParameters()
            .AddInstances()
            .AddResources()
            .AddTelemetry()
            .AddLogs()
            .AddMaintenance()
            .AddStatistics()
            .AddCache()
            .AddProxy();
        await using var app = builder.Build();
        await app.StartAsync();
        await app.Services.GetRequiredService<DatabaseState>().Ready;
        var library = app.Services.GetRequiredService<LibraryService>();
        await library.ScanAsync();
        await Figures.TimeAsync($"rescan of {Files:N0} unchanged files", 20, "200 ms", _ => library.ScanAsync());

        await FillAsync(app.Services.GetRequiredService<DatabaseWriter>());
        var queries = app.Services.GetRequiredService<ModelQueries>();
        string[] words = ["synthetic 77", "Q8_0", "qwen 4242", "nothing has this name"];
        await Figures.TimeAsync(
            $"search among {Models + Files:N0} models, ids and the rows in view",
            100,
            "100 ms",
            async i =>
            {
                var ids = await queries.IdsAsync(new ModelFilter { Text = words[i % words.Length] });
                await queries.RowsAsync([.. ids.Take(InView)]);
            }
        );
        var all = await queries.IdsAsync(new ModelFilter());
        await Figures.TimeAsync(
            "rows of one step of scrolling",
            200,
            "one frame, 16 ms",
            i => queries.RowsAsync([.. all.Skip(i * 50).Take(InView)])
        );
        await Figures.TimeAsync("duplicates among them", 20, "100 ms", _ => app.Services.GetRequiredService<DuplicateFinder>().FindAsync());
        Estimate(Path.Combine(models, "model-0-Q4_K_M.gguf"));
        await app.StopAsync();
    }

    private static Task FillAsync(DatabaseWriter writer) =>
        writer.ExecuteAsync(
            (context, _) =>
            {
                context.Models.AddRange(
                    Enumerable
                        .Range(0, Models)
                        .Select(i => new Model
                        {
                            Uid = $"model_0_{i:000000000}",
                            Name = $"synthetic-{i}",
                            Type = "custom",
                            Architecture = i % 3 == 0 ? "qwen3" : "llama",
                            Quantization = i % 5 == 0 ? "Q8_0" : "Q4_K_M",
                            Params = "7B",
                            ParameterCount = 7_000_000_000,
                            ContextLength = 32_768,
                            FileSizeBytes = 4_000_000_000 + i,
                            Fingerprint = $"{i / 2:x}",
                            ModelPath = $"/synthetic/{i}.gguf",
                            CreatedAt = i,
                            UpdatedAt = i,
                        })
                );
                return Task.CompletedTask;
            }
        );

    private static void Estimate(string path)
    {
        using var file = File.OpenRead(path);
        var model = ModelGeometry.Of(GgufReader.Read(file).Value);
        MemoryDevice[] devices = [new("CUDA0", 1 << 30), new("CUDA1", 1 << 30)];
        for (var i = 0; i < 1000; i++)
            MemoryEstimator.Estimate(model, new MemorySettings(), devices, 1 << 30);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++)
            MemoryEstimator.Estimate(model, new MemorySettings(), devices, 1 << 30);
        Console.WriteLine($"one estimate: {watch.Elapsed.TotalMicroseconds / 1000:N1} µs (goal 1,000)");
    }
}
