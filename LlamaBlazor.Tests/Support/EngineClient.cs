using System.Net.Http.Headers;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Tests.Support;

/// <summary>Talks to an engine as the dashboard does: with the key of its start.</summary>
internal static class EngineClient
{
    /// <summary>A client for an engine that was started.</summary>
    public static HttpClient Of(InstanceSnapshot? engine)
    {
        var http = new HttpClient();
        if (engine?.UpstreamKey is { } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
