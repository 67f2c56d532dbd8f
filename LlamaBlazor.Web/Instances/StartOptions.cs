namespace LlamaBlazor.Web.Instances;

/// <summary>How much a start may do to others, and how patient it is.</summary>
/// <param name="Force">Starts whatever speaks against it.</param>
/// <param name="MayEvict">Whether idle models may be stopped for it.</param>
/// <param name="Wait">How long it waits for a place; null is for as long as somebody wants it.</param>
internal sealed record StartOptions(bool Force, bool MayEvict, TimeSpan? Wait)
{
    /// <summary>A person's start: at once or not at all.</summary>
    public static StartOptions Now { get; } = new(false, true, TimeSpan.Zero);

    /// <summary>A request's start: it waits for its turn.</summary>
    public static StartOptions Patient { get; } = new(false, true, null);
}
