namespace LlamaBlazor.Bench;

/// <summary>A benchmark: prints its figures, one a line, with the goal beside each.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="RunAsync">Measures.</param>
internal sealed record Bench(string Name, Func<Task> RunAsync);

/// <summary>All benchmarks, one line each.</summary>
internal static class Benches
{
    /// <summary>In the order they run.</summary>
    public static IReadOnlyList<Bench> All { get; } =
    [
        new("database", DatabaseBench.RunAsync),
        new("logs", LogBench.RunAsync),
        new("care", CareBench.RunAsync),
        new("telemetry", TelemetryBench.RunAsync),
        new("models", ModelsBench.RunAsync),
        new("library", LibraryBench.RunAsync),
        new("parameters", ParameterBench.RunAsync),
    ];
}
