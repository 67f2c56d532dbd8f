using System.Diagnostics;

namespace LlamaBlazor.Tests.Support;

/// <summary>Waits for a condition, and fails with its name when it does not come.</summary>
internal static class Until
{
    private const int Looks = 1500; // as many as an idle machine makes in half of the limit

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLimit = TimeSpan.FromMinutes(3);

    /// <summary>Waits until the condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(condition, () => what);

    /// <summary>Waits until the condition holds; what is said when it does not is asked for at the end.</summary>
    public static Task TrueAsync(Func<bool> condition, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until the condition holds.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what);

    private static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var started = Stopwatch.GetTimestamp();
        for (var looks = 1; !await condition(); looks++)
        {
            // A machine that is too busy to look is too busy for what is waited for: it gets as many looks as another one.
            var elapsed = Stopwatch.GetElapsedTime(started);
            if ((elapsed > Limit && looks > Looks) || elapsed > LongestLimit)
                Assert.Fail($"Not within {elapsed.TotalSeconds:0} s: {what()}");
            await Task.Delay(10);
        }
    }
}
