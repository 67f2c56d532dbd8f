using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Engines.Connections;

/// <summary>Where an engine answers, and its key.</summary>
/// <param name="BaseUrl">Scheme, host, port and the engine's path prefix, without a slash at the end.</param>
/// <param name="Key">The key it asks for, or null.</param>
internal readonly record struct EngineAddress(string BaseUrl, string? Key)
{
    // Uri would write %41 as A and drop dots: a path goes to the engine as it is.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>That of an instance that runs.</summary>
    public static EngineAddress Of(InstanceSnapshot instance) => new(instance.BaseUrl!, instance.UpstreamKey);

    /// <summary>The address of a path, which begins with a slash and is encoded already.</summary>
    public Uri At(string path) => new(BaseUrl + path, AsWritten);

    /// <summary>Shows the engine the key it asks for. Below a prefix, llama-server counts no path as public.</summary>
    public void Authorize(HttpRequestMessage message)
    {
        if (Key is not null)
            message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Key);
    }
}

/// <summary>What an engine answered.</summary>
/// <param name="Status">The status; null without an answer.</param>
/// <param name="Body">The body; null without an answer.</param>
/// <param name="Trouble">Why there is no answer, in words; null where there is one.</param>
/// <param name="IsSilent">True where it did not answer in time.</param>
internal readonly record struct EngineReply(HttpStatusCode? Status, string? Body, string? Trouble, bool IsSilent)
{
    /// <summary>The body of an answer 2xx, or null.</summary>
    public string? Text => Status is { } status && (int)status is >= 200 and < 300 ? Body : null;

    /// <summary>That body as JSON; null where it is none, or there is none.</summary>
    public JsonElement? Json
    {
        get
        {
            try
            {
                return Text is { } text ? JsonSerializer.Deserialize<JsonElement>(text) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}

/// <summary>
/// Asks engines what the dashboard itself wants to know. Requests of programs go through the proxy's forwarder instead. Each question has a
/// limit of its own, an answer has at most 4 MiB, and whatever goes wrong is an answer too, never an exception.
/// </summary>
internal sealed class EngineClient : IDisposable
{
    private const int AnswerBound = 4 << 20;

    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <summary>Makes a client with connections of its own.</summary>
    public EngineClient(TimeProvider clock)
    {
        _clock = clock;
        _http = new HttpClient(
            EngineConnections.Create(
                clock,
                handler =>
                {
                    handler.AllowAutoRedirect = false;
                    handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10);
                }
            )
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = AnswerBound,
        };
    }

    /// <summary><c>/health</c>: true where it answers 200, which it does once the model is loaded.</summary>
    public async Task<bool> IsHealthyAsync(EngineAddress engine, TimeSpan limit, CancellationToken cancellation) =>
        (await SendAsync(engine, HttpMethod.Get, "/health", null, limit, cancellation).ConfigureAwait(false)).Status is HttpStatusCode.OK;

    /// <summary><c>/slots</c>: an array of what each slot does; engines may be started without.</summary>
    public Task<EngineReply> SlotsAsync(EngineAddress engine, TimeSpan limit, CancellationToken cancellation) =>
        SendAsync(engine, HttpMethod.Get, "/slots", null, limit, cancellation);

    /// <summary><c>/props</c>: facts of the engine and its model, such as <c>total_slots</c> and <c>is_sleeping</c>.</summary>
    public Task<EngineReply> PropsAsync(EngineAddress engine, TimeSpan limit, CancellationToken cancellation) =>
        SendAsync(engine, HttpMethod.Get, "/props", null, limit, cancellation);

    /// <summary><c>/metrics</c>: counters in Prometheus' text; engines may be started without.</summary>
    public Task<EngineReply> MetricsAsync(EngineAddress engine, TimeSpan limit, CancellationToken cancellation) =>
        SendAsync(engine, HttpMethod.Get, "/metrics", null, limit, cancellation);

    /// <summary><c>/completion</c> of one token, without a trace in the prompt cache.</summary>
    public Task<EngineReply> CompleteAsync(EngineAddress engine, TimeSpan limit, CancellationToken cancellation) =>
        SendAsync(
            engine,
            HttpMethod.Post,
            "/completion",
            new
            {
                prompt = "a",
                n_predict = 1,
                cache_prompt = false,
            },
            limit,
            cancellation
        );

    /// <summary>Asks something else.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">Begins with a slash; encoded already.</param>
    /// <param name="body">Sent as JSON, or null for none.</param>
    /// <param name="limit">How long the whole answer may take.</param>
    /// <param name="cancellation">Gives up; this one throws.</param>
    public async Task<EngineReply> SendAsync(
        EngineAddress engine,
        HttpMethod method,
        string path,
        object? body,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        using var timeout = new CancellationTokenSource(limit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var message = new HttpRequestMessage(method, engine.At(path));
            if (body is not null)
                message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body))
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                };
            engine.Authorize(message);
            using var answer = await _http.SendAsync(message, both.Token).ConfigureAwait(false);
            return new EngineReply(
                answer.StatusCode,
                await answer.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false),
                null,
                false
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new EngineReply(null, null, $"no answer within {limit.TotalSeconds:0.#} seconds", true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidOperationException)
        {
            return new EngineReply(null, null, error.Message, false); // also one with a charset that nobody knows
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
