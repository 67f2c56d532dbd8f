using System.Diagnostics;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Bench;

/// <summary>Headers of 1,000 models with vocabularies of 32,000 tokens (about 0.7 MB each): read, looked at again, estimated; and 100,000
/// damaged ones.</summary>
internal static class ModelsBench
{
    private const int Files = 1000;
    private const int Mutants = 100_000;

    /// <summary>Measures.</summary>
    public static Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llamablazor-bench-");
        try
        {
            var header = Write(folder.FullName);
            for (var round = 0; round < 2; round++) // the second is warm
            {
                Read(folder.FullName, header, round == 1);
                Plain(folder.FullName, header, round == 1);
                Walk(folder.FullName, round == 1);
            }

            Estimate(folder.FullName);
            Fuzz();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Task.CompletedTask;
    }

    private static int Write(string folder)
    {
        var bytes = GgufSamples
            .Llama()
            .Add("bench.tokens", Enumerable.Range(0, 32_000).Select(i => $"token{i}").ToArray())
            .Add("bench.scores", new float[32_000])
            .Add("bench.types", new int[32_000])
            .ToArray();
        for (var i = 0; i < Files; i++)
            File.WriteAllBytes(Path.Combine(folder, $"model {i}.gguf"), bytes);
        return bytes.Length;
    }

    private static void Read(string folder, int size, bool print)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = before;
        var watch = Stopwatch.StartNew();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            _ = ScannedModel.Read(new LibraryEntry { Files = [new ModelFile(path, size, 0)] }, CancellationToken.None).Value;
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        }

        if (print)
            Console.WriteLine(
                $"{Files:N0} headers: {watch.Elapsed.TotalMilliseconds:N0} ms (goal 2,000), {(peak - before) / 1048576.0:N0} MiB more "
                    + "at most (goal 50)"
            );
    }

    private static void Plain(string folder, int size, bool print)
    {
        var buffer = new byte[64 << 10];
        var watch = Stopwatch.StartNew();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
            while (file.Read(buffer) > 0)
            {
                // only the bytes
            }
        }

        if (print)
            Console.WriteLine($"the same {size:N0} bytes each, only read: {watch.Elapsed.TotalMilliseconds:N0} ms");
    }

    private static void Walk(string folder, bool print)
    {
        var watch = Stopwatch.StartNew();
        var entries = LibraryEntry.Group(new FolderWalker(new ScanErrors(), CancellationToken.None).Walk([folder]));
        if (print)
            Console.WriteLine(
                $"{entries.Count:N0} unchanged files found and grouped: {watch.Elapsed.TotalMilliseconds:N0} ms (goal of the whole "
                    + "rescan 200)"
            );
    }

    private static void Estimate(string folder)
    {
        using var file = File.OpenRead(Directory.EnumerateFiles(folder).First());
        var model = ModelGeometry.Of(GgufReader.Read(file).Value);
        MemoryDevice[] devices = [new("CUDA0", 1 << 30), new("CUDA1", 1 << 30)];
        for (var i = 0; i < 1000; i++)
            MemoryEstimator.LongestContext(model, new MemorySettings(), devices, 1 << 30);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++)
            MemoryEstimator.LongestContext(model, new MemorySettings(), devices, 1 << 30);
        Console.WriteLine($"longest context that fits: {watch.Elapsed.TotalMicroseconds / 1000:N1} µs (goal of one estimate 1,000)");
    }

    private static void Fuzz()
    {
        var random = new Random(1);
        var seed = GgufSamples.Llama().Header();
        var (slowest, watch) = (TimeSpan.Zero, Stopwatch.StartNew());
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = GgufMutation.Of(seed, random);
            var start = watch.Elapsed;
            _ = GgufReader.Read(new MemoryStream(mutant));
            slowest = watch.Elapsed - start > slowest ? watch.Elapsed - start : slowest;
        }

        Console.WriteLine($"{Mutants:N0} mutants: {watch.Elapsed.TotalSeconds:N1} s, slowest {slowest.TotalMilliseconds:N1} ms (goal 50)");
    }
}
