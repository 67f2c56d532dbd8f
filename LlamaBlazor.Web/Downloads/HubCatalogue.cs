using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>What a repository of Hugging Face offers, by its API (<c>/api/models/{repo}/tree/{revision}</c>: paths, sizes, SHA-256 of large
/// files).</summary>
internal sealed class HubCatalogue(DownloadClient client, IOptionsMonitor<DownloadOptions> options, TimeProvider clock)
{
    private const int PageBound = 10; // of 1,000 files
    private const int PageBytesBound = 8 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The files of a repository.</summary>
    /// <returns>Not found, conflict or unavailable with the reason.</returns>
    public async Task<Result<IReadOnlyList<HubFile>>> FilesAsync(HubReference reference, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        try
        {
            return await ReadAsync(
                    new Uri(
                        $"{options.CurrentValue.Hub.AbsoluteUri.TrimEnd('/')}/api/models/{reference.Repo}/tree/"
                            + $"{reference.Revision}?recursive=true"
                    ),
                    both.Token
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failure.Unavailable(
                $"{options.CurrentValue.Hub.Host} did not answer within {Limit.TotalSeconds:0} seconds. Try again later."
            );
        }
        catch (HttpRequestException error)
        {
            return Failure.Unavailable($"{options.CurrentValue.Hub.Host} cannot be reached: {error.Message}");
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or IOException or KeyNotFoundException or FormatException)
        {
            return Failure.Unavailable(
                $"{options.CurrentValue.Hub.Host} answered with something that is no list of files. Check "
                    + $"{DownloadOptions.Section}:{nameof(DownloadOptions.HuggingFaceUrl)}."
            );
        }
    }

    /// <summary>Address of a file.</summary>
    public Uri AddressOf(HubReference reference, HubFile file) =>
        new(
            $"{options.CurrentValue.Hub.AbsoluteUri.TrimEnd('/')}/{reference.Repo}/resolve/{reference.Revision}/"
                + string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))
        );

    private async Task<Result<IReadOnlyList<HubFile>>> ReadAsync(Uri? page, CancellationToken cancellation)
    {
        var files = new List<HubFile>();
        for (var count = 0; page is not null && count < PageBound; count++)
        {
            var answer = await client.GetAsync(page, null, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccess)
                return answer.Failure!;
            using var response = answer.Value;
            await response.Content.LoadIntoBufferAsync(PageBytesBound, cancellation).ConfigureAwait(false);
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
            files.AddRange(
                json.RootElement.EnumerateArray()
                    .Where(entry => entry.GetProperty("type").GetString() == "file")
                    .Select(Read)
                    .Where(file => !file.Path.Split('/').Contains(".."))
            );
            page = Next(response);
        }

        return files;
    }

    private static HubFile Read(JsonElement entry)
    {
        var lfs = entry.TryGetProperty("lfs", out var pointer) && pointer.ValueKind == JsonValueKind.Object ? pointer : (JsonElement?)null;
        var size =
            lfs is { } large && large.TryGetProperty("size", out var length) ? length.GetInt64() : entry.GetProperty("size").GetInt64();
        var sha256 = lfs is { } known && known.TryGetProperty("oid", out var oid) ? Checksum.Parse(oid.GetString()) : null;
        return new HubFile(entry.GetProperty("path").GetString() ?? "", size, sha256);
    }

    // Link: <https://…&cursor=…>; rel="next" — only where it stays on the hub.
    private Uri? Next(HttpResponseMessage response)
    {
        var link = response.Headers.TryGetValues("Link", out var values)
            ? values.FirstOrDefault(value => value.Contains("rel=\"next\"", StringComparison.Ordinal))
            : null;
        var address = link?.Split('<', '>') is [_, var text, ..] && Uri.TryCreate(options.CurrentValue.Hub, text, out var uri) ? uri : null;
        return address?.Authority == options.CurrentValue.Hub.Authority ? address : null;
    }
}
