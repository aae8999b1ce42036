namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>The references of one object after the other. Not safe for use by several threads.</summary>
internal sealed class ReferenceList
{
    private ulong[] _items = new ulong[1 << 10];
    private int _count;

    /// <summary>The references.</summary>
    public ReadOnlySpan<ulong> Items => _items.AsSpan(0, _count);

    /// <summary>Removes all.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds those that refer to something.</summary>
    /// <param name="references">References.</param>
    public void Add(ReadOnlySpan<ulong> references)
    {
        if (_items.Length - _count < references.Length)
            Array.Resize(ref _items, Math.Max(2 * _items.Length, _count + references.Length));
        foreach (var reference in references)
        {
            _items[_count] = reference;
            _count += reference != 0 ? 1 : 0;
        }
    }

    /// <summary>Adds one, if it refers to something.</summary>
    /// <param name="reference">The reference.</param>
    public void Add(ulong reference) => Add([reference]);
}
