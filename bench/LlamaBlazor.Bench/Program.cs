using LlamaBlazor.Bench;

// dotnet run -c Release --project bench/LlamaBlazor.Bench [name …]: runs the benchmarks whose name starts with one of the words, or all.
foreach (
    var bench in Benches.All.Where(bench =>
        args.Length == 0 || args.Any(word => bench.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
    )
)
{
    Console.WriteLine($"## {bench.Name}");
    await bench.RunAsync();
    Console.WriteLine();
}
