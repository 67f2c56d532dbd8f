using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LlamaBlazor.ProxyBench;

/// <summary>Measures several paths to the same engine in turns, so that what else the machine does hits all of them alike.</summary>
internal static class Measurement
{
    private const int Rounds = 5;
    private const int WarmUp = 2000;
    private const int Single = 1500;
    private const int Parallel = 4000;
    private const int Firsts = 60;
    private const int Streams = 64;
    private const int Events = 502;

    /// <summary>Measures paths given as <c>name=url</c>; the first one is what the others are compared with.</summary>
    public static async Task<int> RunAsync(string model, string[] arguments)
    {
        var paths = arguments.Select(text => text.Split('=', 2)).Select(pair => new Measured(pair[0], new Uri(pair[1]))).ToList();
        foreach (var path in paths)
            await LoadAsync(path.Url, model, 8, WarmUp);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var path in paths)
                path.Single.AddRange((await LoadAsync(path.Url, model, 1, Single)).Times);
            foreach (var path in paths)
                path.Rates.Add((await LoadAsync(path.Url, model, 16, Parallel)).PerSecond);
            foreach (var path in paths)
                path.First.AddRange(await FirstEventsAsync(path.Url, model));
        }

        foreach (var path in paths)
            path.Lost = await StreamsAsync(path.Url, model);
        Print(paths);
        return paths.Any(path => path.Lost > 0) ? 1 : 0;
    }

    /// <summary>Sends many requests and nothing else: run.sh reads the memory before and after.</summary>
    public static async Task<int> SoakAsync(string model, string url, int requests)
    {
        var result = await LoadAsync(new Uri(url), model, 16, requests);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{requests} requests, {result.PerSecond:0} a second"));
        return 0;
    }

    /// <summary>Asks one question again and again: run.sh switches the response cache on before.</summary>
    public static async Task<int> SingleAsync(string model, string url)
    {
        await LoadAsync(new Uri(url), model, 1, Single);
        var times = (await LoadAsync(new Uri(url), model, 1, Single)).Times;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"p50 {At(times, 0.5):0.000} ms, p99 {At(times, 0.99):0.00} ms"));
        return 0;
    }

    private static async Task<(double PerSecond, IReadOnlyCollection<double> Times)> LoadAsync(
        Uri url,
        string model,
        int clients,
        int requests
    )
    {
        var times = new ConcurrentBag<double>();
        var left = requests;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var connection = new Connection(url, model, stream: false);
                        await connection.OpenAsync();
                        while (Interlocked.Decrement(ref left) >= 0)
                        {
                            var at = Stopwatch.GetTimestamp();
                            await connection.AskAsync();
                            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                        }
                    })
                )
        );
        return (requests / Stopwatch.GetElapsedTime(started).TotalSeconds, times);
    }

    private static async Task<List<double>> FirstEventsAsync(Uri url, string model)
    {
        var times = new List<double>();
        using var connection = new Connection(url, model, stream: true, few: true);
        await connection.OpenAsync();
        for (var i = 0; i < Firsts; i++)
        {
            var at = Stopwatch.GetTimestamp();
            await connection.AskAsync(() => times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds));
        }

        return times;
    }

    // 64 streams side by side: each must bring every event, in order and whole.
    private static async Task<int> StreamsAsync(Uri url, string model)
    {
        var lost = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, Streams)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var connection = new Connection(url, model, stream: true);
                        await connection.OpenAsync();
                        var events = Unchunk((await connection.AskAsync()).Span).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
                        var right = events
                            .Where((text, i) => i >= 500 || text.Contains($"\"token{i} \"", StringComparison.Ordinal))
                            .Count();
                        Interlocked.Add(ref lost, Math.Abs(Events - events.Length) + events.Length - right);
                    })
                )
        );
        return lost;
    }

    private static string Unchunk(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder();
        while (body.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            var size = int.Parse(Encoding.ASCII.GetString(body[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text.Append(Encoding.UTF8.GetString(body.Slice(end + 2, size)));
            body = body[(end + 2 + size + 2)..];
        }

        return text.ToString();
    }

    private static void Print(IReadOnlyList<Measured> paths)
    {
        var (direct, bare) = (paths[0], paths.FirstOrDefault(path => path.Name == "yarp"));
        Console.WriteLine(
            "| path | 1 client p50 ms | added | p99 | 16 clients req/s (median) | of bare YARP | first event p50 ms | added | events lost |"
        );
        Console.WriteLine("|--|--|--|--|--|--|--|--|--|");
        foreach (var path in paths)
        {
            var share = bare is null
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{100 * At(path.Rates, 0.5) / At(bare.Rates, 0.5):0} %");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {path.Name} | {At(path.Single, 0.5):0.000} | {At(path.Single, 0.5) - At(direct.Single, 0.5):+0.000} | "
                        + $"{At(path.Single, 0.99):0.00} | {At(path.Rates, 0.5):0} | {share} | {At(path.First, 0.5):0.000} | "
                        + $"{At(path.First, 0.5) - At(direct.First, 0.5):+0.000} | {path.Lost} |"
                )
            );
        }
    }

    private static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    private sealed record Measured(string Name, Uri Url)
    {
        public List<double> Single { get; } = [];

        public List<double> Rates { get; } = [];

        public List<double> First { get; } = [];

        public int Lost { get; set; }
    }
}
