using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Words of the endpoint itself.</summary>
internal static class ProxyAnswers
{
    /// <summary>The words for a body that could not be read.</summary>
    public static string BodyMessage(ProxyError error, ProxyOptions options) =>
        error switch
        {
            ProxyError.BodyTooLarge =>
                $"The body is larger than {options.BodyLimitMb} MiB. Send less, or raise LlamaBlazor:Proxy:BodyLimitMb.",
            ProxyError.UnsupportedEncoding => "The body has a Content-Encoding that is not known. Use gzip, br, zstd, deflate, or none.",
            ProxyError.BodyNotKept =>
                "The body could not be kept: there is no room in memory, and the data folder cannot be written. Make room on its disk, "
                    + "or raise LlamaBlazor:Proxy:BodyMemoryMb.",
            ProxyError.SlowClient => "The body came too slowly.",
            ProxyError.ClientGone => "The client went away while it sent its body.",
            _ => "The body could not be read: its encoding or its length is wrong.",
        };
}
