namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// How fast an answer was written, measured by when its events came, for engines that do not tell. What came in a burst says nothing about
/// that: an engine
/// or something on the way had kept it back.
/// </summary>
public sealed class TokenPace
{
    private const int FewestArrivals = 4;
    private const double ShortestMs = 20;
    private const int MostEventsAtOnce = 4; // on average; a reading of a stream that is written token by token brings one or two

    private int _arrivals;
    private int _firstEvents;
    private int _events;
    private double _firstMs;
    private double _lastMs;

    /// <summary>Notes how many events there are.</summary>
    /// <param name="events">Events so far.</param>
    /// <param name="ms">Milliseconds, by any clock that never goes back.</param>
    public void Note(int events, double ms)
    {
        if (events == _events)
            return;
        if (_arrivals == 0)
            (_firstEvents, _firstMs) = (events, ms);
        _arrivals++;
        (_events, _lastMs) = (events, ms);
    }

    /// <summary>Tokens a second, or null where nothing can be said.</summary>
    /// <param name="tokens">Tokens of the whole answer, evenly among its events.</param>
    public double? PerSecond(long? tokens)
    {
        var (later, span) = (_events - _firstEvents, _lastMs - _firstMs);
        if (tokens is not > 1 || _arrivals < FewestArrivals || span < ShortestMs || later > MostEventsAtOnce * (_arrivals - 1))
            return null;
        return tokens.Value * ((double)later / _events) * 1000 / span;
    }
}
