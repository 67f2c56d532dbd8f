using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines.Connections;

namespace LlamaBlazor.Web.Engines;

/// <summary>Asks an engine for one token: <c>/health</c> answers also when nothing else does any more.</summary>
internal sealed class HangProbe : IDisposable
{
    /// <summary>Failures in a row until an engine counts as hung.</summary>
    public const int Attempts = 3;

    private readonly HttpClient _http;

    /// <summary>Makes the client.</summary>
    /// <param name="limit">How long an answer may take.</param>
    public HangProbe(TimeSpan limit) => _http = new HttpClient(EngineClient.Create()) { Timeout = limit };

    /// <summary>Looks at an engine, and asks it for a token unless it says that it sleeps or is at work.</summary>
    /// <param name="instance">The engine.</param>
    /// <param name="mayBeAtWork">False when the last question may itself be what it hangs on: then also one that claims to be at work is
    /// asked.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ProbeAnswer> AskAsync(InstanceSnapshot instance, bool mayBeAtWork, CancellationToken cancellation)
    {
        try
        {
            if (await IsSleepingAsync(instance, cancellation).ConfigureAwait(false))
                return ProbeAnswer.Works;
            if (mayBeAtWork && await WorkAsync(instance, cancellation).ConfigureAwait(false) is { } work)
                return new ProbeAnswer(null, work, false);
            using var request = Request(HttpMethod.Post, "/completion", instance);
            request.Content = JsonContent.Create(
                new
                {
                    prompt = "a",
                    n_predict = 1,
                    cache_prompt = false,
                }
            );
            using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            // Models that only embed answer 501; whatever is not a failure of the engine shows that it works.
            return (int)answer.StatusCode < 500 || answer.StatusCode is HttpStatusCode.NotImplemented
                ? ProbeAnswer.Works
                : new ProbeAnswer($"it answered {(int)answer.StatusCode}", null, false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProbeAnswer($"no answer within {_http.Timeout.TotalSeconds:0.#} seconds", null, true);
        }
        catch (HttpRequestException error)
        {
            return new ProbeAnswer(error.Message, null, false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // The question for a token would wake it (parameters.md e).
    private async Task<bool> IsSleepingAsync(InstanceSnapshot instance, CancellationToken cancellation) =>
        await ReadAsync("/props", instance, cancellation).ConfigureAwait(false) is { ValueKind: JsonValueKind.Object } props
        && props.TryGetProperty("is_sleeping", out var sleeping)
        && sleeping.ValueKind is JsonValueKind.True;

    // What its busy slots have done so far, or null when all are idle.
    private async Task<string?> WorkAsync(InstanceSnapshot instance, CancellationToken cancellation)
    {
        if (await ReadAsync("/slots", instance, cancellation).ConfigureAwait(false) is not { ValueKind: JsonValueKind.Array } slots)
            return null;
        var busy = slots
            .EnumerateArray()
            .Where(slot =>
                slot.ValueKind is JsonValueKind.Object
                && slot.TryGetProperty("is_processing", out var processing)
                && processing.ValueKind is JsonValueKind.True
            )
            .Select(slot => slot.GetRawText());
        return string.Join('\n', busy) is { Length: > 0 } work ? work : null;
    }

    private async Task<JsonElement?> ReadAsync(string path, InstanceSnapshot instance, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, path, instance);
        using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        try
        {
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false)
                : null;
        }
        catch (JsonException)
        {
            return null; // it tells nothing: the question for a token will show what is wrong
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, InstanceSnapshot instance)
    {
        var request = new HttpRequestMessage(method, instance.BaseUrl + path);
        if (instance.UpstreamKey is { } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}

/// <summary>What a look at an engine told.</summary>
/// <param name="Trouble">What is wrong, or null.</param>
/// <param name="Work">What its busy slots have done so far, where it says that it is at work; null otherwise.</param>
/// <param name="IsSilent">True when it did not answer in time: a long step of the computation looks the same.</param>
internal sealed record ProbeAnswer(string? Trouble, string? Work, bool IsSilent)
{
    /// <summary>Nothing is wrong.</summary>
    public static ProbeAnswer Works { get; } = new(null, null, false);
}
