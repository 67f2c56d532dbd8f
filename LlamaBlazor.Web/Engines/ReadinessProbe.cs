using System.Net;
using System.Net.Http.Headers;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines;

/// <summary>What waiting for readiness led to.</summary>
internal enum ReadinessOutcome
{
    /// <summary><c>/health</c> answered 200.</summary>
    Ready,

    /// <summary>The process ended, or nobody waits any more.</summary>
    Ended,

    /// <summary>The limit has passed.</summary>
    TimedOut,
}

/// <summary>Asks an engine for its health: every 10 ms at first, so that a small model is used at once, then slower.</summary>
internal sealed class ReadinessProbe(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(EngineClient.Create(handler => handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10)))
    {
        Timeout = AnswerLimit,
    };

    /// <summary>Waits until the engine is ready, its process ends, or the limit passes.</summary>
    public async Task<ReadinessOutcome> WaitAsync(
        string baseUrl,
        string? key,
        RunningEngine process,
        int port,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var started = clock.GetTimestamp();
        var exited = process.Exited;
        while (!exited.IsCompleted && !cancellation.IsCancellationRequested)
        {
            if (await IsHealthyAsync(baseUrl, key, cancellation).ConfigureAwait(false) && process.OwnsPort(port))
                return exited.IsCompleted ? ReadinessOutcome.Ended : ReadinessOutcome.Ready;
            var elapsed = clock.GetElapsedTime(started);
            if (elapsed >= limit)
                return ReadinessOutcome.TimedOut;
            var pause = elapsed.TotalSeconds switch
            {
                < 2 => 10,
                < 10 => 25,
                < 60 => 100,
                _ => 500,
            };
            await Task.WhenAny(exited, Task.Delay(TimeSpan.FromMilliseconds(pause), clock, cancellation)).ConfigureAwait(false);
        }

        return ReadinessOutcome.Ended;
    }

    /// <summary>True when <c>/health</c> answers 200. It asks with the key: below a prefix, llama-server counts no path as
    /// public.</summary>
    public async Task<bool> IsHealthyAsync(string baseUrl, string? key, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(baseUrl + "/health"));
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
