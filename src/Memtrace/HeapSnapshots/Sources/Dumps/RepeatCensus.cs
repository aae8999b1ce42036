using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Counts objects with the same content. Contents are identified by type, length and a 64-bit hash: among a hundred million different ones, the chance that two
/// collide is below 1 in 1,000.
/// </summary>
internal sealed class RepeatCensus
{
    /// <summary>About 60 MB. Contents that differ from all before them are not counted beyond it.</summary>
    private const int MostContents = 1_000_000;

    private const int MostShown = 500;

    private readonly Dictionary<Key, Amount> _contents = [];

    /// <summary>Whether some contents were not counted, because they are unknown, or there are too many different ones.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Bytes wasted by all repeated contents.</summary>
    public long WastedBytes => _contents.Values.Sum(amount => amount.WastedBytes);

    /// <summary>How many contents are repeated.</summary>
    public int RepeatedCount => _contents.Values.Count(amount => amount.Count > 1);

    /// <summary>Counts an object.</summary>
    /// <param name="content">What is in it.</param>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    public void Add(Key content, ulong address, long size)
    {
        ref var amount = ref CollectionsMarshal.GetValueRefOrAddDefault(_contents, content, out var exists);
        if (!exists && _contents.Count > MostContents)
        {
            _contents.Remove(content);
            IsPartial = true;
            return;
        }

        amount = new Amount(exists ? amount.Address : address, amount.Count + 1, amount.Bytes + size);
    }

    /// <summary>Passes over an object whose content is unknown.</summary>
    public void Skip() => IsPartial = true;

    /// <summary>Contents that are repeated, most wasteful first; small ones are left out.</summary>
    public ImmutableArray<Repeat> Repeated() =>
    [
        .. _contents.Where(item => item.Value.Count > 1)
            .OrderByDescending(item => item.Value.WastedBytes)
            .ThenBy(item => item.Value.Address)
            .Take(MostShown)
            .Select(item => new Repeat(item.Key, item.Value.Address, item.Value.Count, item.Value.Bytes)),
    ];

    /// <summary>A content.</summary>
    /// <param name="Type">Readable type name of the objects.</param>
    /// <param name="Length">How many elements it has.</param>
    /// <param name="Hash">The hash of it.</param>
    public readonly record struct Key(string Type, int Length, ulong Hash);

    /// <summary>Objects with the same content.</summary>
    /// <param name="Content">The content.</param>
    /// <param name="Address">The address of one of them.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Bytes">Their size together, in bytes.</param>
    public readonly record struct Repeat(Key Content, ulong Address, long Count, long Bytes);

    private readonly record struct Amount(ulong Address, long Count, long Bytes)
    {
        public long WastedBytes => Count > 1 ? Bytes - (Bytes / Count) : 0;
    }
}
