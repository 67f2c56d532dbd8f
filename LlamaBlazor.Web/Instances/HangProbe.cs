using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

/// <summary>Asks an engine for one token: <c>/health</c> answers also when nothing else does any more.</summary>
internal sealed class HangProbe : IDisposable
{
    /// <summary>Failures in a row until an engine counts as hung.</summary>
    public const int Attempts = 3;

    private readonly HttpClient _http;

    /// <summary>Makes the client.</summary>
    /// <param name="limit">How long an answer may take.</param>
    public HangProbe(TimeSpan limit) => _http = new HttpClient(new SocketsHttpHandler
    {
        SslOptions = EngineTls.Options,
        UseProxy = false,
    })
    { Timeout = limit };

    /// <summary>What is wrong, or null when it works, sleeps or is at work.</summary>
    /// <param name="instance">The engine.</param>
    /// <param name="isSuspect">True after a failure: then also one that claims to be at work is asked, for our own question may be what it hangs on.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<string?> AskAsync(InstanceSnapshot instance, bool isSuspect, CancellationToken cancellation)
    {
        try
        {
            if (await IsSleepingAsync(instance, cancellation).ConfigureAwait(false) || (!isSuspect && await IsWorkingAsync(instance, cancellation).ConfigureAwait(false)))
                return null;
            using var request = Request(HttpMethod.Post, "/completion", instance);
            request.Content = JsonContent.Create(new { prompt = "a", n_predict = 1, cache_prompt = false });
            using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            // Models that only embed answer 501; whatever is not a failure of the engine shows that it works.
            return (int)answer.StatusCode < 500 || answer.StatusCode is HttpStatusCode.NotImplemented ? null : $"it answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {_http.Timeout.TotalSeconds:0.#} seconds";
        }
        catch (HttpRequestException error)
        {
            return error.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // The question for a token would wake it (parameters.md e).
    private async Task<bool> IsSleepingAsync(InstanceSnapshot instance, CancellationToken cancellation) =>
        await ReadAsync("/props", instance, cancellation).ConfigureAwait(false) is { ValueKind: JsonValueKind.Object } props
        && props.TryGetProperty("is_sleeping", out var sleeping) && sleeping.ValueKind is JsonValueKind.True;

    private async Task<bool> IsWorkingAsync(InstanceSnapshot instance, CancellationToken cancellation) =>
        await ReadAsync("/slots", instance, cancellation).ConfigureAwait(false) is { ValueKind: JsonValueKind.Array } slots
        && slots.EnumerateArray().Any(slot => slot.TryGetProperty("is_processing", out var busy) && busy.ValueKind is JsonValueKind.True);

    private async Task<JsonElement?> ReadAsync(string path, InstanceSnapshot instance, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, path, instance);
        using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false) : null;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, InstanceSnapshot instance)
    {
        var request = new HttpRequestMessage(method, instance.BaseUrl + path);
        if (instance.UpstreamKey is { } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}
