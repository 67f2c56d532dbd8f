using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Settings;

/// <summary>The fields of what is kept of requests. What is typed goes to the form, valid or not.</summary>
public sealed partial class KeptOfRequests
{
    private const long Unreadable = -1; // an empty field: no number, so refused

    private static readonly LifeUnit[] Units = [new("seconds", 1), new("minutes", 60), new("hours", 3600), new("days", 86_400)];

    private static readonly Dictionary<string, (string Title, string Text)> Words = new()
    {
        [RequestKeeping.Nothing] = ("Nothing", "Records have times and counts only; cached answers are found by a hash."),
        [RequestKeeping.Preview] = (
            $"The first {RequestReader.PreviewLength} characters",
            "To recognise a request on the page Activity and in the cache."
        ),
        [RequestKeeping.Everything] = ("Everything", "Whole prompts in the cache, up to 16,384 characters in records."),
    };

    private RequestKeeping? _shown;
    private long? _amount;
    private long _unit = 1;
    private long? _room;

    /// <summary>What is typed.</summary>
    [Parameter]
    [EditorRequired]
    public RequestKeeping Value { get; set; } = null!;

    /// <summary>Told of each edit.</summary>
    [Parameter]
    public EventCallback<RequestKeeping> ValueChanged { get; set; }

    /// <summary>Errors by field.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyDictionary<string, string[]> Errors { get; set; } = null!;

    [Inject]
    internal RequestKeepingAccess Store { get; set; } = null!;

    [Inject]
    internal CacheSwitchAccess Switch { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Value == _shown)
            return; // typed here: the unit stays the one that was chosen
        _shown = Value;
        _unit = Units.Last(unit => unit.Seconds == 1 || (Value.CacheTtlSeconds > 0 && Value.CacheTtlSeconds % unit.Seconds == 0)).Seconds;
        (_amount, _room) = (Value.CacheTtlSeconds / _unit, Value.CacheMaxSizeMb);
    }

    private bool IsLocked(string name) => Store.Locked.Contains(name);

    private Task LifeAsync(long? amount, long unit)
    {
        (_amount, _unit) = (amount, unit);
        var seconds = amount is null or < 0 ? Unreadable : (long)Math.Min((decimal)amount.Value * unit, long.MaxValue);
        return ChangeAsync(Value with { CacheTtlSeconds = seconds });
    }

    private Task RoomAsync(long? room)
    {
        _room = room;
        return ChangeAsync(Value with { CacheMaxSizeMb = room ?? Unreadable });
    }

    private Task ChangeAsync(RequestKeeping value)
    {
        _shown = value;
        return ValueChanged.InvokeAsync(value);
    }

    /// <summary>A unit of time that can be chosen.</summary>
    /// <param name="Name">In words.</param>
    /// <param name="Seconds">Its length.</param>
    internal sealed record LifeUnit(string Name, long Seconds);
}
