using System.Text.Json;
using Bunit;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Memory;

/// <summary>The page that says whether a model fits, over the real services, with an engine that lists two GPUs.</summary>
public sealed class FitTabTests(FitTabTests.Library library) : BunitContext, IClassFixture<FitTabTests.Library>
{
    private readonly MetricWindow _samples = new();

    /// <summary>A model for each test that changes settings, and a projector.</summary>
    public sealed class Library : AppFixture
    {
        public Library() => With("LlamaBlazor:EnginePath", GpuEngine.PathIn(Folder));

        public override async ValueTask InitializeAsync()
        {
            GpuEngine.PlaceWithFit(
                Folder,
                """
                case "$*" in
                  *broken*) echo "0.00.036.000 E common_fit: failed to load model" >&2; exit 1;;
                  *"-fitp on"*) echo "CUDA0 100 20 3"; echo "Host 7 0 1";;
                  *) echo '-c 512 -ngl 2 -ts 2,1';;
                esac
                """
            );
            foreach (var name in new[] { "tried", "advised", "broken", "held" })
                GgufSamples.Llama(name).Save(Path.Combine(ModelFolder, name + ".gguf"));
            GgufSamples.Projector().Save(Path.Combine(ModelFolder, "sub", "mmproj.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
        }
    }

    [Fact]
    public async Task Settings_AreTried_AndSavedOnlyWhenAsked()
    {
        var tab = await ShowAsync("tried");
        Assert.Contains("With 2,048 tokens of context", tab.Find(".verdict p").TextContent);
        Assert.Equal(
            ["CUDA0", "CUDA1", "Main memory"],
            tab.FindAll("[role=img]:not([aria-hidden])").Select(bar => bar.GetAttribute("aria-label")!.Split(':')[0])
        );
        var slider = tab.FindAll("input[type=range]");
        await slider[0].InputAsync("1024");
        Assert.Contains("With 1,024 tokens of context", tab.Find(".verdict p").TextContent);
        await tab.FindAll("select")[0].ChangeAsync("Q8_0");
        await tab.FindAll("input[type=range]")[1].InputAsync("1");
        Assert.Contains("1 of 3", tab.FindAll("output")[1].TextContent);
        Assert.Equal(JsonValueKind.Null, (await ValuesAsync("tried", "model")).GetProperty("ctx_size").ValueKind); // nothing is saved yet

        await Button(tab, "Save to this model").ClickAsync(new());
        tab.WaitForAssertion(() => Assert.True(Button(tab, "Save to this model").HasAttribute("disabled")));
        Assert.Equal(1024, (await ValuesAsync("tried", "model")).GetProperty("ctx_size").GetInt64());
        Assert.Equal("q8_0", (await ValuesAsync("tried", "memory")).GetProperty("cache_type_k").GetString());
        Assert.Equal("1", (await ValuesAsync("tried", "gpu")).GetProperty("gpu_layers").GetString());
    }

    [Fact]
    public async Task Advice_IsASwitchEach_AndOnlyTheTickedIsUsed()
    {
        var tab = await ShowAsync("advised");
        await Button(tab, "Analyse").ClickAsync(new());
        tab.WaitForAssertion(() =>
            Assert.Equal(
                ["Context", "Layers on GPU", "Share of each GPU"],
                tab.FindAll(".advice label span").Select(title => title.TextContent)
            )
        );
        Assert.Equal(["512 tokens", "2", "2,1"], tab.FindAll(".advice code").Select(value => value.TextContent));
        Assert.Contains("-c 512 -ngl 2 -ts 2,1", tab.Find("details pre").TextContent);
        await tab.FindAll(".advice input")[2].ChangeAsync(false);
        await Button(tab, "Use what is ticked").ClickAsync(new());
        tab.WaitForAssertion(() => Assert.Contains("With 512 tokens of context", tab.Find(".verdict p").TextContent));
        var gpu = await ValuesAsync("advised", "gpu");
        Assert.Equal(("2", JsonValueKind.Null), (gpu.GetProperty("gpu_layers").GetString(), gpu.GetProperty("tensor_split").ValueKind));
    }

    [Fact]
    public async Task Failure_OfTheProgram_IsSaid_WithoutAnAdvice()
    {
        var tab = await ShowAsync("broken");
        await Button(tab, "Analyse").ClickAsync(new());
        tab.WaitForAssertion(() => Assert.Equal("failed to load model", tab.Find(".lb-notice-error").TextContent));
        Assert.Empty(tab.FindAll(".advice"));
    }

    [Fact]
    public async Task WhatIsNotRun_HasNoEstimate_AndSaysWhy()
    {
        var tab = Render(await IdAsync("mmproj"));
        tab.WaitForAssertion(() => Assert.Contains("is a projector", tab.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task RunningProcess_IsShown_WithItsGpuMemory_WhereTheEngineReportsNothing()
    {
        var tab = await ShowAsync("held");
        Assert.Contains("Not measured yet", tab.Markup);
        var process = new InstanceSample(await IdAsync("held"), "held", InstancePhase.Running, 1, 300, null, null, null, null, null)
        {
            Vram = 2048,
        };
        foreach (
            var (sample, words) in new[]
            {
                (process, "2.00 GiB of GPU memory, as the driver counts it (estimated for the saved settings: "),
                (process with { Vram = null }, "holds 300 MiB of main memory"),
            }
        )
        {
            var taken = new Sample { Timestamp = (_samples.Latest?.Timestamp ?? 0) + 1, Instances = [sample] };
            _samples.Add(taken);
            library.Services.GetRequiredService<Broadcast<Sample>>().Publish(taken);
            tab.WaitForAssertion(() =>
                Assert.Contains(
                    words,
                    string.Join(' ', tab.Find(".parts + p").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                )
            );
        }

        Assert.DoesNotContain("GPU memory", tab.Find(".parts + p").TextContent);
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<FitTab> tab, string text) =>
        tab.FindAll("button").Single(button => button.TextContent.Contains(text));

    private async Task<long> IdAsync(string name) => (await library.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64();

    private async Task<JsonElement> ValuesAsync(string name, string section) =>
        (await library.GetAsync($"/api/models/{name}/config/{section}")).GetProperty("values");

    private async Task<IRenderedComponent<FitTab>> ShowAsync(string name)
    {
        var tab = Render(await IdAsync(name));
        tab.WaitForElement(".verdict");
        tab.WaitForAssertion(() => Assert.NotEmpty(tab.FindAll(".parts + p")));
        return tab;
    }

    private IRenderedComponent<FitTab> Render(long id)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(TimeProvider.System).AddSingleton(_samples).AddParts();
        foreach (
            var service in new[]
            {
                typeof(ModelStore),
                typeof(MemoryAdvisor),
                typeof(ParameterStore),
                typeof(Broadcast<Sample>),
                typeof(FitAnalysis),
                typeof(InstanceRegistry),
                typeof(MeasuredMemory),
            }
        )
            Services.AddSingleton(service, library.Services.GetRequiredService(service)); // an instance: not disposed with the test
        return Render<FitTab>(parameters => parameters.Add(tab => tab.ModelId, id));
    }
}
