using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Walks over the objects of a heap, dead ones and gaps among them, by reading them as the runtime's collector does: the size of each says where the next one
/// begins. Not safe for use by several threads.
/// </summary>
/// <param name="layouts">The layouts of types.</param>
/// <param name="memory">The memory.</param>
/// <param name="reserved">Where threads allocate (<see cref="ReservedBy"/>).</param>
internal sealed class ObjectWalk(LayoutTable layouts, CoreMemory memory, IReadOnlyDictionary<ulong, ulong> reserved)
{
    private const int Word = sizeof(ulong);

    /// <summary>The smallest object, which the collector keeps free behind what threads allocate from.</summary>
    private const ulong LeastSize = 3 * Word;

    /// <summary>The collector marks objects by the lowest bits of what says their type.</summary>
    private const ulong Marks = 7;

    /// <summary>How many layouts are kept at hand; a power of two.</summary>
    private const int Recent = 1 << 10;

    private readonly RecentLayout[] _recent = new RecentLayout[Recent];
    private readonly ReferenceList _references = new();
    private ulong[] _pieces = [];
    private ulong _next;
    private ulong _end;
    private long _exactSize;

    /// <summary>The object's address.</summary>
    public ulong Address { get; private set; }

    /// <summary>Its size, in bytes, rounded up.</summary>
    public long Size { get; private set; }

    /// <summary>Its type.</summary>
    public ObjectLayout Layout { get; private set; } = null!;

    /// <summary>How much of the segments that were walked cannot be read as objects, in bytes: where a thread had not written the beginning of one yet, or damage.</summary>
    public long UnreadBytes { get; private set; }

    /// <summary>The memory that threads have reserved to allocate from: ends by beginnings.</summary>
    /// <param name="heap">The heap.</param>
    public static IReadOnlyDictionary<ulong, ulong> ReservedBy(ClrHeap heap) =>
        heap.EnumerateAllocationContexts().GroupBy(range => range.Start).ToDictionary(group => group.Key, group => group.Max(range => range.End));

    /// <summary>Begins a segment.</summary>
    /// <param name="segment">The segment, or region.</param>
    public void Begin(ClrSegment segment) => (_next, _end) = (segment.Start, segment.End);

    /// <summary>Goes on to the next object.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        while (_next < _end)
        {
            if (reserved.TryGetValue(_next, out var limit) && limit + LeastSize > _next)
                _next = limit + LeastSize;
            else if (memory.WordsFrom(_next) is [var first, ..] words && (first & ~Marks) is not 0 and var table)
                return LayoutOf(table) is { } layout ? Take(layout, words) : GiveUp();
            else if (!SkipZeros())
                return false;
        }

        return false;
    }

    private bool Take(ObjectLayout layout, ReadOnlySpan<ulong> words)
    {
        var exact = layout.HasLength ? layout.SizeOf((uint)(words.Length > 1 ? words[1] : memory.Word(_next + Word))) : layout.SizeOf(0);
        var size = Math.Max((long)LeastSize, (exact + Word - 1) & -Word);
        if ((ulong)size > _end - _next)
            return GiveUp();
        (Address, Size, Layout, _exactSize) = (_next, size, layout, exact);
        _next += (ulong)size;
        return true;
    }

    /// <summary>Reads what the object refers to.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<ulong> ReadReferences()
    {
        _references.Clear();
        if (Layout.HasReferences)
        {
            var words = memory.WordsFrom(Address);
            Layout.AddReferences(words.Length >= Size / Word ? words[..(int)(Size / Word)] : Gathered(Size), _exactSize, _references);
        }

        if (Layout.Owner != 0)
            _references.Add(Layout.Owner);
        return _references.Items;
    }

    /// <summary>The words of an object that the dump does not have in one place.</summary>
    private ReadOnlySpan<ulong> Gathered(long size)
    {
        if (_pieces.Length < size / Word)
            _pieces = new ulong[size / Word];
        var words = _pieces.AsSpan(0, (int)(size / Word));
        memory.Copy(Address, words);
        return words;
    }

    /// <summary>Nothing but zeros up to the end is memory that was not used yet; zeros before an object are one that a thread was about to write.</summary>
    private bool SkipZeros()
    {
        var begin = _next;
        while (_next < _end)
        {
            var words = memory.WordsFrom(_next);
            words = words[..(int)Math.Min((ulong)words.Length, (_end - _next) / Word)];
            var found = words.IndexOfAnyExcept(0UL);
            if (found >= 0)
            {
                _next += (ulong)found * Word;
                return ResumeAfter(begin, words[found], memory.Word(_next + Word));
            }

            _next = words.IsEmpty ? memory.NextAfter(_next) ?? _end : _next + ((ulong)words.Length * Word);
        }

        return false;
    }

    // In front of an object is its header, whose upper half may be in use.
    private bool ResumeAfter(ulong begin, ulong word, ulong next)
    {
        if (reserved.ContainsKey(_next) || LayoutOf(word & ~Marks) is not null)
            UnreadBytes += (long)(_next - begin);
        else if ((uint)word == 0 && LayoutOf(next & ~Marks) is not null)
            UnreadBytes += (long)((_next += Word) - begin);
        else
            return GiveUp();
        return true;
    }

    private bool GiveUp()
    {
        UnreadBytes += (long)(_end - _next);
        _next = _end;
        return false;
    }

    private ObjectLayout? LayoutOf(ulong table)
    {
        ref var recent = ref _recent[(int)((table >> 3) ^ (table >> 13)) & (Recent - 1)];
        if (recent.Table != table)
            recent = new RecentLayout(table, layouts.Of(table));
        return recent.Layout;
    }

    private readonly record struct RecentLayout(ulong Table, ObjectLayout? Layout);
}
