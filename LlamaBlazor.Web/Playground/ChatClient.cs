using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LlamaBlazor.Web.Playground;

/// <summary>Talks to the dashboard's own endpoint, as any client would, with the dashboard's own key.</summary>
internal sealed class ChatClient(IServer server, KeyRing keys, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            SslOptions = EngineTls.Options,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks for a reply and fills it as it comes.</summary>
    /// <param name="settings">Model and parameters.</param>
    /// <param name="history">What was said before, the question last.</param>
    /// <param name="reply">Grows; its error and timings are set at the end.</param>
    /// <param name="changed">Called after each part.</param>
    /// <param name="cancellation">Stops the reply.</param>
    public async Task AskAsync(
        ChatSettings settings,
        IEnumerable<ChatTurn> history,
        ChatTurn reply,
        Action changed,
        CancellationToken cancellation
    )
    {
        var started = clock.GetTimestamp();
        long firstAt = 0;
        var usage = new UsageReader(streamed: true);
        var pace = new TokenPace();
        var parser = new SseParser(data =>
        {
            if (!Read(data, reply))
                return;
            if (firstAt == 0)
                firstAt = clock.GetTimestamp();
            changed();
        });
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address(), "v1/chat/completions"))
            {
                Content = new StringContent(Body(settings, history).ToJsonString(), Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.OwnSecret);
            using var response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
                .ConfigureAwait(false);
            await CopyAsync(
                    response,
                    parser,
                    usage,
                    events => pace.Note(events, clock.GetElapsedTime(started).TotalMilliseconds),
                    cancellation
                )
                .ConfigureAwait(false);
            reply.Error = usage.Usage.Error;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            reply.Error = error.Message;
        }
        finally
        {
            reply.Timings = Measure(usage, pace, started, firstAt);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task CopyAsync(
        HttpResponseMessage response,
        SseParser parser,
        UsageReader usage,
        Action<int> arrived,
        CancellationToken cancellation
    )
    {
        if (!response.IsSuccessStatusCode)
        {
            UsageJson.Read(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), usage.Usage);
            usage.Usage.Error ??= $"The endpoint answered {(int)response.StatusCode}.";
            return;
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[8192];
            while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                parser.Feed(buffer.AsSpan(0, read));
                usage.Feed(buffer.AsSpan(0, read));
                arrived(usage.Events);
            }

            parser.Complete();
            usage.Complete();
        }
    }

    private ChatTimings Measure(UsageReader reader, TokenPace pace, long started, long firstAt)
    {
        var total = clock.GetElapsedTime(started).TotalMilliseconds;
        var first = firstAt == 0 ? (double?)null : clock.GetElapsedTime(started, firstAt).TotalMilliseconds;
        var tokens = reader.Usage.GeneratedTokens ?? (reader.Events > 0 ? reader.Events : null);
        return new ChatTimings(first, total, tokens, reader.Usage.PromptTokens, reader.Usage.TokensPerSecond ?? pace.PerSecond(tokens));
    }

    // True when the event brought something to read.
    private static bool Read(ReadOnlySpan<byte> data, ChatTurn reply)
    {
        if (data.SequenceEqual("[DONE]"u8))
            return false;
        try
        {
            var delta = JsonNode.Parse(data)?["choices"] is JsonArray { Count: > 0 } choices ? choices[0]?["delta"] : null;
            var (content, reasoning) = ((string?)delta?["content"], (string?)delta?["reasoning_content"]);
            reply.Add(content, reasoning);
            return !string.IsNullOrEmpty(content) || !string.IsNullOrEmpty(reasoning);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false; // an event of another kind
        }
    }

    private static JsonObject Body(ChatSettings settings, IEnumerable<ChatTurn> history)
    {
        var messages = new JsonArray();
        if (!string.IsNullOrWhiteSpace(settings.System))
            messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = settings.System });
        foreach (var turn in history.Where(turn => turn.Error is null))
            messages.Add((JsonNode)new JsonObject { ["role"] = turn.Role, ["content"] = turn.Text });
        var body = new JsonObject
        {
            ["model"] = settings.Model,
            ["messages"] = messages,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        Set(body, "temperature", settings.Temperature);
        Set(body, "top_p", settings.TopP);
        Set(body, "max_tokens", settings.MaxTokens);
        Set(body, "seed", settings.Seed);
        var stops = (settings.Stop ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (stops.Length > 0)
            body["stop"] = new JsonArray([.. stops.Select(stop => JsonValue.Create(stop))]);
        return body;
    }

    private static void Set<T>(JsonObject body, string name, T? value)
        where T : struct
    {
        if (value is { } given)
            body[name] = JsonValue.Create(given);
    }

    // Clear text where there is a choice: it talks to itself. An address of all interfaces is reached through loopback.
    private Uri Address()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        var address =
            addresses.FirstOrDefault(candidate => candidate.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) ?? addresses.First();
        var binding = BindingAddress.Parse(address);
        var host = Security.SecurityFeature.IsThisMachine(binding.Host) ? binding.Host : "127.0.0.1";
        return new Uri($"{binding.Scheme}://{host}:{binding.Port}/");
    }
}
