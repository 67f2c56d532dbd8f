using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>Counts the requests through the proxy for the tile "requests a minute". Counting costs some nanoseconds.</summary>
internal sealed class RequestMeter(TimeProvider clock)
{
    private readonly RequestRate _rate = new();

    /// <summary>Requests of the last 60 seconds.</summary>
    public int PerMinute => _rate.PerMinute(Now);

    private long Now => (long)clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Counts one request, whatever becomes of it.</summary>
    public void Count() => _rate.Count(Now);
}
