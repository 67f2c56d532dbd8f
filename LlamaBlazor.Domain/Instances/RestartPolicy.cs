namespace LlamaBlazor.Domain.Instances;

/// <summary>Failures that count against the next attempt.</summary>
/// <param name="Starts">Ends before ready, in a row.</param>
/// <param name="Crashes">Ends after ready, within the window.</param>
/// <param name="FirstCrashAt">When the oldest of them was, by the monotonic clock.</param>
public sealed record FailureCount(int Starts, int Crashes, TimeSpan FirstCrashAt)
{
    /// <summary>None yet.</summary>
    public static FailureCount None { get; } = new(0, 0, default);
}

/// <summary>What a failure leads to.</summary>
/// <param name="IsRetry">True when another attempt follows.</param>
/// <param name="Pause">How long to wait for it.</param>
/// <param name="Failures">The count after this failure.</param>
public sealed record RestartDecision(bool IsRetry, TimeSpan Pause, FailureCount Failures)
{
    /// <summary>No further attempt.</summary>
    public static RestartDecision GiveUp { get; } = new(false, TimeSpan.Zero, FailureCount.None);
}

/// <summary>
/// How often a failing engine is tried again (product.md 16): ends before ready <see cref="StartAttempts"/> times, ends after ready
/// <see cref="RestartAttempts"/> times within ten minutes, with pauses of 1, 2, 4 … 60 s. Ten healthy minutes clear the count.
/// </summary>
/// <param name="Mode">never, on-failure or always.</param>
/// <param name="StartAttempts">Launches until it was ready once, at least 1.</param>
/// <param name="RestartAttempts">Restarts within the window, at least 0.</param>
public sealed record RestartPolicy(string Mode = RestartPolicy.OnFailure, int StartAttempts = 3, int RestartAttempts = 5)
{
    /// <summary>Nothing is tried again.</summary>
    public const string Never = "never";

    /// <summary>Crashes are, an end with code 0 is not.</summary>
    public const string OnFailure = "on-failure";

    /// <summary>Whatever ends without being told to is started again.</summary>
    public const string Always = "always";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(60);

    /// <summary>The modes.</summary>
    public static IReadOnlyList<string> Modes { get; } = [Never, OnFailure, Always];

    /// <summary>True when an end with this code, after ready and without being told to, is no failure.</summary>
    public bool IsOrderlyEnd(int exitCode) => exitCode == 0 && Mode != Always;

    /// <summary>After an end before ready.</summary>
    public RestartDecision AfterFailedStart(FailureCount before)
    {
        var failures = before with { Starts = before.Starts + 1 };
        return Mode != Never && failures.Starts < StartAttempts
            ? new(true, PauseAfter(failures.Starts), failures)
            : new(false, TimeSpan.Zero, FailureCount.None);
    }

    /// <summary>After an end of an instance that was ready.</summary>
    /// <param name="before">What has failed so far.</param>
    /// <param name="readyAt">When it became ready, by the monotonic clock.</param>
    /// <param name="now">Time of that clock.</param>
    public RestartDecision AfterCrash(FailureCount before, TimeSpan? readyAt, TimeSpan now)
    {
        var isFresh = before.Crashes == 0 || now - (readyAt ?? now) >= Window || now - before.FirstCrashAt > Window;
        var failures = isFresh ? new FailureCount(0, 1, now) : before with { Starts = 0, Crashes = before.Crashes + 1 };
        return Mode != Never && failures.Crashes <= RestartAttempts
            ? new(true, PauseAfter(failures.Crashes), failures)
            : new(false, TimeSpan.Zero, FailureCount.None);
    }

    /// <summary>Whether a request may start an instance that has failed: not at once, or each request would retry a broken model.</summary>
    /// <param name="failedAt">When it failed, by the monotonic clock, or null for never.</param>
    /// <param name="now">Time of that clock.</param>
    public static bool MayStartOnDemand(TimeSpan? failedAt, TimeSpan now) => failedAt is not { } failed || now - failed >= CoolDown;

    /// <summary>1, 2, 4 … 60 s.</summary>
    /// <param name="failures">Failures so far, from 1.</param>
    public static TimeSpan PauseAfter(int failures) =>
        failures > 6 ? LongestPause : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 1 << Math.Max(0, failures - 1)));
}
