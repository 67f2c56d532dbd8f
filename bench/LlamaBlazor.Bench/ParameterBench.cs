using System.Diagnostics;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Bench;

/// <summary>The work behind a form and a command line (issue: building ≤ 0.1 ms, an edit ≤ 5 ms).</summary>
internal static class ParameterBench
{
    private const int Batch = 100;
    private static readonly string[] Actions = ["--version", "--help", "--list-devices"];

    /// <summary>Builds, parses and edits with a model that sets two hundred parameters.</summary>
    public static async Task RunAsync()
    {
        var catalogue = ParameterCatalogue.Current;
        var set = new ParameterSet(
            catalogue
                .Columns.Where(definition => definition.ValueType == typeof(long))
                .Select(definition => KeyValuePair.Create(definition.Column, (object)7L))
                .Concat(
                    catalogue
                        .Columns.Where(definition => definition.ValueType == typeof(double))
                        .Select(definition => KeyValuePair.Create(definition.Column, (object)0.37))
                )
                .Concat(
                    catalogue
                        .Columns.Where(definition => definition.ValueType == typeof(bool))
                        .Select(definition => KeyValuePair.Create(definition.Column, (object)(definition.Default is not true)))
                )
        );
        var effective = new EffectiveParameters(ParameterSet.Empty, set);
        var builder = new CommandLineBuilder(catalogue);
        var parser = new CommandLineParser(catalogue);
        var command = builder.Build("llama-server", [], effective, new LaunchPlan(40000));
        Console.WriteLine($"{set.Values.Count} parameters set, {command.Arguments.Count} arguments");
        await Figures.TimeAsync(
            $"build a command, {Batch} times",
            200,
            "< 10 ms",
            _ => Repeat(() => builder.Build("llama-server", [], effective, new LaunchPlan(40000)))
        );
        await Figures.TimeAsync(
            $"parse a command, {Batch} times",
            200,
            "no goal",
            _ => Repeat(() => parser.Parse([.. command.Arguments.Prepend("llama-server")]))
        );
        var draft = new ParameterDraft(catalogue, catalogue.Section("sampling"));
        draft.Load(ParameterSet.Empty, set, new Dictionary<string, long>());
        await Figures.TimeAsync(
            "one edit with all its checks",
            500,
            "< 5 ms",
            i =>
            {
                draft.Type(catalogue.FindColumn("top_k")!, (i + 8).ToString());
                _ = draft.Definitions.Count(definition => draft.Error(definition) is not null);
                return Task.CompletedTask;
            }
        );
        if (Environment.GetEnvironmentVariable("LLAMA_SERVER") is { Length: > 0 } engine)
            await ProbeAsync(engine);
    }

    // What the dashboard asks an engine it has not met: version, help and devices, one after the other.
    private static async Task ProbeAsync(string engine) =>
        await Figures.TimeAsync(
            "probe of an engine",
            20,
            "< 1000 ms",
            async _ =>
            {
                foreach (var action in Actions)
                {
                    using var run = Process.Start(
                        new ProcessStartInfo(engine, [action]) { RedirectStandardOutput = true, RedirectStandardError = true }
                    )!;
                    await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync(), run.WaitForExitAsync());
                }
            }
        );

    private static Task Repeat(Func<object> action)
    {
        for (var i = 0; i < Batch; i++)
            GC.KeepAlive(action());
        return Task.CompletedTask;
    }
}
