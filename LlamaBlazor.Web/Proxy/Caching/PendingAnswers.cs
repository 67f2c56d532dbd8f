using System.Collections.Concurrent;
using LlamaBlazor.Web.Cache;

namespace LlamaBlazor.Web.Proxy.Caching;

/// <summary>An answer on its way into the cache.</summary>
/// <param name="Request">The request it answers.</param>
/// <param name="Capture">Its bytes so far.</param>
/// <param name="Removals">How often answers had been removed when it was asked for.</param>
internal sealed record PendingAnswer(InFlightRequest Request, ResponseCapture Capture, long Removals)
{
    private readonly TaskCompletionSource<CacheRow?> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The row that is about to be written; null where none will be.</summary>
    public Task<CacheRow?> Made => _made.Task;

    /// <summary>Whether the client may have all of it already.</summary>
    public bool IsWhole => Request.Reader is { } reader && (reader.IsEvents ? reader.Usage.Finished : IsWholeJson(Capture.Bytes.Span));

    // Of an answer of unknown length nobody knows; one that ends like JSON is taken for it.
    private bool IsWholeJson(ReadOnlySpan<byte> bytes) =>
        Capture.Expected is { } length ? bytes.Length == length : bytes.TrimEnd(" \t\r\n"u8) is [.., (byte)'}' or (byte)']'];

    /// <summary>Says what came out.</summary>
    public void Settle(CacheRow? row) => _made.TrySetResult(row);
}

/// <summary>
/// Answers that were sent and are not yet in the table: an equal request right behind the first finds its answer here. An answer leaves
/// when it is written,
/// or will not be.
/// </summary>
internal sealed class PendingAnswers(TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // bounded by the requests under way and those being stored
    private readonly ConcurrentDictionary<string, PendingAnswer> _answers = new();

    /// <summary>Notes that an answer may come.</summary>
    public PendingAnswer Begin(string key, PendingAnswer answer) => _answers[key] = answer;

    /// <summary>It is in the table, or will not be.</summary>
    public void End(string key, PendingAnswer answer)
    {
        answer.Settle(null);
        _answers.TryRemove(KeyValuePair.Create(key, answer));
    }

    /// <summary>The answer of a key that is whole and not yet in the table, or null. An answer that is still being written is not waited
    /// for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="removals">How often answers were removed by now: one from before counts as removed.</param>
    /// <param name="cancellation">The client went away.</param>
    public async ValueTask<CacheRow?> FindAsync(string key, long removals, CancellationToken cancellation)
    {
        if (!_answers.TryGetValue(key, out var answer) || answer.Removals != removals || !answer.IsWhole)
            return null;
        try
        {
            return await answer.Made.WaitAsync(Limit, clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
