namespace LlamaBlazor.Domain.Common;

/// <summary>The newest items, oldest first, at most <see cref="Capacity"/> of them. Not safe for several threads at once.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
/// <param name="capacity">The bound, at least 1.</param>
public sealed class RingBuffer<T>(int capacity)
{
    private readonly T[] _items = new T[
        capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity), "A ring holds at least one item.")
    ];
    private int _start;

    /// <summary>The most it holds.</summary>
    public int Capacity => _items.Length;

    /// <summary>How many it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>The item at a place, 0 is the oldest.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public T this[int index] =>
        index >= 0 && index < Count ? _items[(_start + index) % _items.Length] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Adds the newest item; when full, the oldest leaves.</summary>
    /// <param name="item">The item.</param>
    public void Add(T item)
    {
        _items[(_start + Count) % _items.Length] = item;
        if (Count < _items.Length)
            Count++;
        else
            _start = (_start + 1) % _items.Length;
    }

    /// <summary>Removes the oldest item, if there is one.</summary>
    public void RemoveOldest()
    {
        if (Count == 0)
            return;
        _items[_start] = default!;
        _start = (_start + 1) % _items.Length;
        Count--;
    }

    /// <summary>Removes the newest item, if there is one.</summary>
    public void RemoveNewest()
    {
        if (Count > 0)
            _items[(_start + --Count) % _items.Length] = default!;
    }

    /// <summary>A copy, oldest first.</summary>
    public T[] ToArray()
    {
        var copy = new T[Count];
        var first = Math.Min(Count, _items.Length - _start);
        Array.Copy(_items, _start, copy, 0, first);
        Array.Copy(_items, 0, copy, first, Count - first);
        return copy;
    }
}
