using System.Diagnostics;

namespace LlamaBlazor.Bench;

/// <summary>Times an action many times and says how long it took.</summary>
internal static class Figures
{
    /// <summary>Runs the action, after a warm-up, and prints median, p99 and maximum in milliseconds beside the goal.</summary>
    /// <param name="what">What is timed.</param>
    /// <param name="times">How often.</param>
    /// <param name="goal">The goal, in words.</param>
    /// <param name="action">One run; gets its number.</param>
    public static async Task TimeAsync(string what, int times, string goal, Func<int, Task> action)
    {
        for (var i = 0; i < Math.Min(times, 20); i++)
            await action(i);
        var took = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await action(i);
            took[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(took);
        Console.WriteLine(
            $"{what}: median {took[times / 2]:0.000} ms, p99 {took[(int)(times * 0.99)]:0.000} ms, max {took[^1]:0.000} ms over "
                + $"{times} runs (goal {goal})"
        );
    }
}
