using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Integration.Simulator.Contract;

/// <summary>
/// The simulated engine does what the real one does, exchange by exchange: compared with the recording of one, and where LLAMA_SERVER
/// and LLAMA_MODEL are set, the recording with the real one. With RECORD_CONTRACT=1 as well, the recording is written anew.
/// </summary>
public sealed class ContractTests : IDisposable
{
    private static readonly Lazy<JsonObject> Recorded = new(() => JsonNode.Parse(File.ReadAllText(ContractList.RecordedPath))!.AsObject());

    // All lines that were recorded, of any profile or run.
    private static readonly Lazy<HashSet<string>> Known = new(() =>
        [
            .. Recorded
                .Value.Select(part => part.Value)
                .OfType<JsonObject>()
                .SelectMany(part => part.Select(entry => entry.Value))
                .OfType<JsonObject>()
                .Where(form => form.ContainsKey("code"))
                .SelectMany(form => form["output"]!.AsArray().Concat(form["error"]!.AsArray()))
                .Select(line => (string)line!),
        ]
    );

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Profiles => [.. ContractList.All.Profiles.Select(profile => profile.Name)];

    public static TheoryData<string> Runs => [.. ContractList.All.Runs.Select(run => run.Name)];

    public void Dispose() => _folder.Dispose();

    [LinuxTheory]
    [MemberData(nameof(Profiles))]
    public async Task SimulatedEngine_AnswersAsTheRealOne(string name)
    {
        var profile = ContractList.All.Profiles.Single(profile => profile.Name == name);
        var form = await Simulated(profile.IsLoading ? "never-ready" : "load-ms=0").AskAsync(profile);
        AssertSame(name, Recorded.Value[name]!, form);
    }

    [LinuxTheory]
    [MemberData(nameof(Runs))]
    public async Task SimulatedEngine_EndsAsTheRealOne(string name) =>
        AssertSame($"runs/{name}", Recorded.Value["runs"]![name]!, await Simulated("load-ms=0").RunAsync(Run(name)));

    [LinuxFact]
    public async Task SimulatedHelp_ListsTheFlagsOfTheRealOne()
    {
        var (real, simulated) = (Texts(Recorded.Value["help"]!), Texts(await Simulated("load-ms=0").HelpAsync()));
        var missing = real.Except(simulated).Select(flag => $"missing: {flag}");
        Assert.Equal(Kept("help").Order(), missing.Concat(simulated.Except(real).Select(flag => $"too much: {flag}")).Order());
    }

    [RealModelTheory]
    [MemberData(nameof(Profiles))]
    public async Task RealEngine_StillAnswersAsRecorded(string name)
    {
        var form = await Real().AskAsync(ContractList.All.Profiles.Single(profile => profile.Name == name));
        AssertNone(Compare(Recorded.Value[name]!, form));
    }

    [RealModelTheory]
    [MemberData(nameof(Runs))]
    public async Task RealEngine_StillEndsAsRecorded(string name) =>
        AssertNone(Compare(Recorded.Value["runs"]![name]!, await Real().RunAsync(Run(name))));

    [RecorderFact]
    public async Task Recorder_WritesWhatTheRealEngineDoes()
    {
        var recorded = new JsonObject();
        foreach (var profile in ContractList.All.Profiles)
            recorded[profile.Name] = await Real().AskAsync(profile);
        var runs = new JsonObject();
        foreach (var run in ContractList.All.Runs)
            runs[run.Name] = await Real().RunAsync(run);
        (recorded["runs"], recorded["help"]) = (runs, await Real().HelpAsync());
        var options = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        // One line an exchange: what changed is seen in a review.
        var parts = recorded.Select(part =>
            $"\"{part.Key}\": "
            + (
                part.Value is JsonObject entries
                    ? $"{{\n{string.Join(",\n", entries.Select(entry => $"  \"{entry.Key}\": {entry.Value!.ToJsonString(options)}"))}\n}}"
                    : part.Value!.ToJsonString(options)
            )
        );
        await File.WriteAllTextAsync(ContractList.RecordedPath, $"{{\n{string.Join(",\n", parts)}\n}}\n");
    }

    private static ContractRun Run(string name) => ContractList.All.Runs.Single(run => run.Name == name);

    private ContractEngine Simulated(string load)
    {
        var model = _folder.File("model.gguf");
        File.WriteAllBytes(model, [.. "GGUF"u8, 3, 0, 0, 0]);
        var (program, prefix) = OwnProgram.Find();
        string[] settings = [load, "tps=100000", "prompt-tps=1000000"];
        string[] before = [.. prefix, OwnProgram.SimulatorWord, .. settings.SelectMany(setting => new[] { "--simulate", setting })];
        return new ContractEngine(program, before, model, _folder);
    }

    private ContractEngine Real() => new(RealEngineFactAttribute.Engine!, [], RealModelFactAttribute.Model!, _folder);

    // What differs must be listed, and what is listed must differ.
    private static void AssertSame(string of, JsonNode real, JsonNode other)
    {
        var found = Compare(real, other).ToList();
        var kept = Kept(of);
        AssertNone(
            found
                .Where(difference => !kept.Any(at => Lies(difference.At, at)))
                .Concat(
                    kept.Where(at => !found.Any(difference => Lies(difference.At, at)))
                        .Select(at => (at, "is listed as a difference and is none"))
                )
        );
    }

    // A log need not say everything, and lines get lost at the end of a process: none may be of a form that the real one never writes.
    private static IEnumerable<(string At, string Text)> Compare(JsonNode real, JsonNode other)
    {
        var (a, b) = (real.DeepClone().AsObject(), other.DeepClone().AsObject());
        var (realEnd, otherEnd) = a.ContainsKey("end") ? (a["end"]!.AsObject(), b["end"]!.AsObject()) : (a, b);
        var at = a.ContainsKey("end") ? "/end" : "";
        string[] streams = ["output", "error"];
        var lines = streams.SelectMany(stream => ContractComparison.Foreign(Known.Value, otherEnd[stream]!, $"{at}/{stream}")).ToList();
        foreach (var end in new[] { realEnd, otherEnd })
            (end["output"], end["error"]) = (end["output"]!.AsArray().Count > 0, end["error"]!.AsArray().Count > 0);
        return ContractComparison.Differences(a, b).Concat(lines);
    }

    private static bool Lies(string place, string below) => place == below || place.StartsWith(below + "/", StringComparison.Ordinal);

    private static List<string> Kept(string of) =>
        [.. ContractList.Differences.Where(difference => difference.Of == of).Select(difference => difference.At)];

    private static HashSet<string> Texts(JsonNode list) => [.. list.AsArray().Select(item => (string)item!)];

    private static void AssertNone(IEnumerable<(string At, string Text)> differences)
    {
        var list = differences.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list.Select(difference => $"{difference.At}: {difference.Text}")));
    }
}

/// <summary>A theory about the real engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealModelTheoryAttribute : TheoryAttribute
{
    public RealModelTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = new RealModelFactAttribute().Skip;
}

/// <summary>Runs only when a recording is asked for: RECORD_CONTRACT=1, with LLAMA_SERVER and LLAMA_MODEL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecorderFactAttribute : FactAttribute
{
    public RecorderFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        Skip =
            new RealModelFactAttribute().Skip
            ?? (Environment.GetEnvironmentVariable("RECORD_CONTRACT") == "1" ? null : "RECORD_CONTRACT is not set: nothing is recorded");
}
