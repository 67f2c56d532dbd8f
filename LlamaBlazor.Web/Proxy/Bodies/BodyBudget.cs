namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>Memory that all bodies together may take.</summary>
/// <param name="limit">Bytes, as they are set now.</param>
internal sealed class BodyBudget(Func<long> limit)
{
    private long _taken;

    /// <summary>Bytes in use.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes some, or none where they are not left.</summary>
    public bool TryTake(long bytes)
    {
        var before = Volatile.Read(ref _taken);
        while (before + bytes <= limit())
        {
            var seen = Interlocked.CompareExchange(ref _taken, before + bytes, before);
            if (seen == before)
                return true;
            before = seen;
        }

        return false;
    }

    /// <summary>Gives some back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
