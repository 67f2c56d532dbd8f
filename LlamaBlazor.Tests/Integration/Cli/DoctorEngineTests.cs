using LlamaBlazor.Tests.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Configuration;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>What <c>doctor</c> says of the engine is what the dashboard says of it, also where none runs.</summary>
public sealed class DoctorEngineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task GoodEngine_IsToldWithItsBuild()
    {
        var engine = AgedEngine.Write(_folder, EngineHelpForms.Current, "version: 0.4.1-dev (build 11064, commit a894dae93)");
        var finding = await CheckAsync(engine);
        Assert.True(finding.Ok, finding.Detail);
        Assert.Contains("b11064 (a894dae93)", finding.Detail);
    }

    [LinuxFact]
    public async Task VersionThatIsNotUnderstood_IsNoFailure()
    {
        var finding = await CheckAsync(AgedEngine.Write(_folder, EngineHelpForms.Early2024, "error: unknown argument: --version"));
        Assert.True(finding.Ok, finding.Detail);
        Assert.Contains("unknown argument", finding.Detail);
    }

    [LinuxFact]
    public async Task BrokenEngine_FailsInItsOwnWords()
    {
        const string Words = "error while loading shared libraries: libcudart.so.12: cannot open shared object file";
        var finding = await CheckAsync(EngineScript.WriteRaw(_folder, $"echo \"llama-server: {Words}\" >&2; exit 127"));
        Assert.False(finding.Ok);
        Assert.Contains(Words, finding.Detail);
        Assert.Contains("lists no --model", (await CheckAsync(EngineScript.WriteRaw(_folder, "echo hello"))).Detail);
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:EnginePath")]
    public async Task RunningDashboard_IsAsked()
    {
        await using var app = new AppFixture();
        app.With("LlamaBlazor:EnginePath", AgedEngine.Write(app.Folder, EngineHelpForms.Late2024, "version: 3900 (0ld)"));
        await app.InitializeAsync();
        var finding = await DoctorEngine.CheckAsync(
            "/no/such/engine",
            Rules(),
            app.Folder.File("data"),
            TimeProvider.System,
            CancellationToken.None
        );
        Assert.True(finding.Ok, finding.Detail);
        Assert.Contains("b3900 (0ld)", finding.Detail);
    }

    private Task<Finding> CheckAsync(string engine) =>
        DoctorEngine.CheckAsync(engine, Rules(), _folder.File("data"), TimeProvider.System, CancellationToken.None);

    private EnginePathRules Rules() =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection([KeyValuePair.Create("LlamaBlazor:EngineDirectories:0", (string?)_folder.Path)])
                .Build()
        );
}
