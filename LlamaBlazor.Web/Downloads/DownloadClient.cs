using System.Net;
using System.Net.Http.Headers;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>
/// Asks the internet on behalf of downloads: follows redirects step by step, each one checked, and sends the token of Hugging Face to
/// Hugging Face only.
/// </summary>
internal sealed class DownloadClient : IDisposable
{
    private const int RedirectBound = 10;

    private readonly GuardedConnection _guard;
    private readonly HttpClient _http;
    private readonly IOptionsMonitor<DownloadOptions> _options;
    private readonly HubToken _token;

    /// <summary>Makes the client.</summary>
    public DownloadClient(IOptionsMonitor<DownloadOptions> options, HubToken token)
    {
        (_options, _token, _guard) = (options, token, new GuardedConnection(options));
        _http = new HttpClient(_guard.MakeHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Gets an address; the answer's body is not read yet.</summary>
    /// <param name="address">Absolute, http or https.</param>
    /// <param name="prepare">Adds headers to each request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A success or 416; everything else is a failure with its reason.</returns>
    /// <exception cref="HttpRequestException">The connection broke: trying again may help.</exception>
    public async Task<Result<HttpResponseMessage>> GetAsync(
        Uri address,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellation
    )
    {
        var token = await _token.GetAsync(cancellation).ConfigureAwait(false);
        for (var hop = 0; hop <= RedirectBound; hop++)
        {
            if (_guard.Objection(address) is { } objection)
                return Failure.Conflict(objection);
            var answer = await SendAsync(address, token, prepare, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccess)
                return answer;
            if ((int)answer.Value.StatusCode is not (301 or 302 or 303 or 307 or 308))
                return Check(answer.Value, address, token is not null);
            var next = Follow(address, answer.Value);
            answer.Value.Dispose();
            if (!next.IsSuccess)
                return next.Failure!;
            address = next.Value;
        }

        return Failure.Conflict(
            $"{address.Host} redirects more than {RedirectBound} times, perhaps in circles. Check the address in a browser."
        );
    }

    private async Task<Result<HttpResponseMessage>> SendAsync(
        Uri address,
        string? token,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("LlamaBlazor", ShellFeature.Version));
        if (token is not null && IsHub(address))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        prepare?.Invoke(request);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.InnerException is PrivateAddressException refused)
        {
            return Failure.Conflict(refused.Message);
        }
    }

    // Only there, by scheme, name and port; a redirect elsewhere goes without it.
    private bool IsHub(Uri address) =>
        Uri.Compare(
            address,
            _options.CurrentValue.Hub,
            UriComponents.SchemeAndServer,
            UriFormat.SafeUnescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;

    private static Result<Uri> Follow(Uri from, HttpResponseMessage answer)
    {
        if (answer.Headers.Location is not { } location)
            return Failure.Conflict($"{from.Host} redirects without saying where to. Check the address in a browser.");
        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (next.Scheme is not ("http" or "https"))
            return Failure.Conflict($"{from.Host} redirects to {next.Scheme}:, which is no download. Check the address in a browser.");
        return from.Scheme == "https" && next.Scheme == "http"
            ? Failure.Conflict(
                $"{from.Host} redirects from https to an unprotected address of {next.Host}. Use the address of the file itself."
            )
            : next;
    }

    private Result<HttpResponseMessage> Check(HttpResponseMessage answer, Uri address, bool hasToken)
    {
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return answer;
        using (answer)
        {
            var status = (int)answer.StatusCode;
            if (status is 408 or 429 or >= 500)
                throw new HttpRequestException(
                    $"{address.Host} answered {status} ({answer.ReasonPhrase}). Try again later.",
                    null,
                    answer.StatusCode
                );
            return status switch
            {
                404 or 410 => Failure.NotFound($"{address.Host} has nothing at this address ({status}). Check its spelling."),
                401 or 403 when IsHub(address) && !hasToken => Failure.Conflict(
                    $"{address.Host} shows this only to those who are signed in, or it does not exist ({status}). Check the spelling; "
                        + "where a licence must be accepted, do so on its page and save an access token here."
                ),
                401 or 403 when IsHub(address) => Failure.Conflict(
                    $"{address.Host} does not accept the saved access token for this ({status}). Accept the licence on its page, or "
                        + "save a token that may read it."
                ),
                401 or 403 => Failure.Conflict($"{address.Host} refuses access ({status}). The address may have expired."),
                _ => Failure.Conflict($"{address.Host} answered {status} ({answer.ReasonPhrase})."),
            };
        }
    }
}
