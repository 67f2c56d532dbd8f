using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>The tags of an image.</summary>
/// <param name="Tags">All of them.</param>
/// <param name="IsCached">True when they come from an earlier answer.</param>
/// <param name="Trouble">Why the registry itself could not be asked, or null.</param>
internal sealed record TagList(IReadOnlyList<string> Tags, bool IsCached, string? Trouble);

/// <summary>
/// Asks OCI registries for tags: with a token where one is wanted, page by page, and at most once a day each, because answers are kept in
/// <c>api_cache</c>. Where the network is gone, an older answer serves.
/// </summary>
internal sealed class RegistryClient(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    IOptionsMonitor<DownloadOptions> options,
    TimeProvider clock
) : IDisposable
{
    private const int PageSize = 1000;
    private const int PageBound = 100;
    private const int BodyBound = 8 * 1024 * 1024;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    private readonly HttpClient _http = new(MakeHandler(options))
    {
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = BodyBound,
    };

    /// <summary>The tags of a repository: an answer of the last 24 hours, else the registry's, else an older one.</summary>
    /// <param name="registry">Host.</param>
    /// <param name="repository">Path.</param>
    /// <param name="again">True to ask the registry whatever is kept.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<TagList>> TagsAsync(string registry, string repository, bool again, CancellationToken cancellation)
    {
        var endpoint = new Uri(RegistryText.Address(registry), $"v2/{repository}/tags/list");
        var (kept, isFresh) = await FindAsync(endpoint.AbsoluteUri, cancellation).ConfigureAwait(false);
        if (kept is not null && isFresh && !again)
            return new TagList(kept, true, null);
        var asked = await AskAsync(endpoint, cancellation).ConfigureAwait(false);
        if (asked.IsSuccess)
        {
            await SaveAsync(endpoint.AbsoluteUri, asked.Value, cancellation).ConfigureAwait(false);
            return new TagList(asked.Value, false, null);
        }

        return kept is null ? asked.Failure! : new TagList(kept, true, asked.Failure!.Message);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // A registry is named by whoever adds an image: it leads into no private network, by no redirect either, unless it is trusted.
    private static SocketsHttpHandler MakeHandler(IOptionsMonitor<DownloadOptions> options)
    {
        var handler = new GuardedConnection(options).MakeHandler();
        (handler.AllowAutoRedirect, handler.MaxAutomaticRedirections) = (true, 3);
        return handler;
    }

    private async Task<Result<List<string>>> AskAsync(Uri endpoint, CancellationToken cancellation)
    {
        var tags = new List<string>();
        string? token = null;
        try
        {
            var page = new Uri($"{endpoint}?n={PageSize}");
            for (var pages = 0; pages < PageBound; pages++)
            {
                var answer = await SendAsync(page, token, cancellation).ConfigureAwait(false);
                if (
                    answer.StatusCode is HttpStatusCode.Unauthorized
                    && token is null
                    && RegistryText.ReadChallenge(answer.Headers.WwwAuthenticate.ToString()) is { } challenge
                )
                {
                    answer.Dispose();
                    token = await TokenAsync(endpoint, challenge, cancellation).ConfigureAwait(false);
                    answer = await SendAsync(page, token, cancellation).ConfigureAwait(false);
                }

                using (answer)
                {
                    if (!answer.IsSuccessStatusCode)
                        return Refuse(endpoint, answer.StatusCode);
                    tags.AddRange(await ReadAsync(answer, cancellation).ConfigureAwait(false));
                    var next = answer.Headers.TryGetValues("Link", out var links) ? RegistryText.ReadNext(string.Join(',', links)) : null;
                    if (next is null || !Uri.TryCreate(page, next, out var following) || following.Host != endpoint.Host)
                        break;
                    page = following;
                }
            }

            return tags;
        }
        catch (HttpRequestException error) when (error.InnerException is PrivateAddressException refused)
        {
            return Failure.Conflict(refused.Message);
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return Failure.Unavailable(
                $"The registry {endpoint.Host} could not be asked: "
                    + $"{(error is OperationCanceledException ? "no answer within 30 seconds" : error.Message.TrimEnd('.'))}. What is "
                    + "known stays; try again when the network is there."
            );
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, string? token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request, cancellation).ConfigureAwait(false);
    }

    // A realm elsewhere must be safe from listeners, unless the registry is of this machine itself.
    private async Task<string?> TokenAsync(Uri endpoint, RegistryChallenge challenge, CancellationToken cancellation)
    {
        if (
            !Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm)
            || (realm.Scheme != Uri.UriSchemeHttps && !(endpoint.IsLoopback && realm.IsLoopback))
        )
            return null;
        string?[] fields = [Field("service", challenge.Service), Field("scope", challenge.Scope)];
        var query = string.Join('&', fields.OfType<string>().Prepend(realm.Query.TrimStart('?')).Where(part => part.Length > 0));
        using var answer = await SendAsync(new UriBuilder(realm) { Query = query }.Uri, null, cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            return null;
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        return document.RootElement.TryGetProperty("token", out var token) || document.RootElement.TryGetProperty("access_token", out token)
            ? token.GetString()
            : null;
    }

    private static string? Field(string name, string? value) => value is null ? null : $"{name}={Uri.EscapeDataString(value)}";

    private static async Task<List<string>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        var tags = document.RootElement.GetProperty("tags");
        // null where it has none
        return tags.ValueKind is JsonValueKind.Array ? [.. tags.EnumerateArray().Select(tag => tag.GetString()).OfType<string>()] : [];
    }

    private static Failure Refuse(Uri endpoint, HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.NotFound => Failure.NotFound($"The registry {endpoint.Host} has no such image. Check its name."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Failure.Unavailable(
                $"The registry {endpoint.Host} shows this image only to those who are logged in. Log in with podman or docker; its "
                    + "tags must be added by hand."
            ),
            _ => Failure.Unavailable($"The registry {endpoint.Host} answered {(int)status}. What is known stays; try again later."),
        };

    private async Task<(List<string>? Tags, bool IsFresh)> FindAsync(string endpoint, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var row = await context
                        .Set<ApiCacheRow>()
                        .FirstOrDefaultAsync(cached => cached.Endpoint == endpoint, cancellation)
                        .ConfigureAwait(false);
                    return row is null
                        ? (null, false)
                        : (
                            JsonSerializer.Deserialize<List<string>>(row.Response),
                            row.ExpiresAt > clock.GetUtcNow().ToUnixTimeMilliseconds()
                        );
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private Task SaveAsync(string endpoint, List<string> tags, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                var row = await context.Set<ApiCacheRow>().FindAsync([endpoint], token).ConfigureAwait(false);
                if (row is null)
                    context.Add(row = new ApiCacheRow { Endpoint = endpoint });
                (row.Response, row.CachedAt, row.ExpiresAt) = (
                    JsonSerializer.Serialize(tags),
                    now.ToUnixTimeMilliseconds(),
                    (now + TimeToLive).ToUnixTimeMilliseconds()
                );
            },
            cancellation
        );
}
