using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// The large objects of a running process that refer to nothing, such as arrays of bytes. Where only the graph of objects is wanted, what is in them is not
/// copied. They are found while the process runs, and each is looked at again when it is stopped: an object whose type and length are still there is still that
/// object, or free, because the collector clears or overwrites them before it puts anything with references there.
/// </summary>
internal sealed unsafe class LargeObjects
{
    /// <summary>Looking at one again takes less than a microsecond of the pause.</summary>
    private const int MostObjects = 1 << 14;

    /// <summary>At least some pages, without those of its beginning and its end.</summary>
    private const ulong LeastSize = 1 << 16;

    /// <summary>The first two words of an object: its type, and the length of an array.</summary>
    private const int HeaderSize = 2 * sizeof(ulong);

    /// <summary>IOV_MAX of Linux.</summary>
    private const int MostBuffers = 1 << 10;

    private readonly Found[] _found;

    private LargeObjects(Found[] found) => _found = found;

    /// <summary>None of them: everything is copied.</summary>
    public static LargeObjects None { get; } = new([]);

    /// <summary>Finds them, without stopping the process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="library">Where the library of its runtime is; null to search for it.</param>
    /// <returns>None if they cannot be found, as in the middle of a collection.</returns>
    public static LargeObjects Find(int processId, string? library)
    {
        try
        {
            using var target = RuntimeInMemory.OpenRunning(processId);
            var info = RuntimeInMemory.Of(target);
            using var runtime = info.CreateRuntime(new DataAccess(info, dump: null).Find(library), ignoreMismatch: true);
            var objects = Walk(runtime.Heap).OrderByDescending(item => item.Inside.Size).Take(MostObjects).ToArray();
            return new LargeObjects(WithHeaders(processId, objects));
        }
        catch (Exception exception) when (exception is HeapSnapshotException or IOException or UnauthorizedAccessException || CoreReader.IsDamage(exception))
        {
            return None;
        }
    }

    /// <summary>The pages that lie inside of those that are as they were found.</summary>
    /// <param name="processId">The process, stopped.</param>
    public IEnumerable<AddressRange> PagesInside(int processId)
    {
        var headers = Headers(processId, _found);
        return _found.Where((found, index) => found.Header == headers[index]).Select(found => found.Inside);
    }

    private static IEnumerable<Found> Walk(ClrHeap heap) => heap.Segments
        .Where(segment => segment.Kind is GCSegmentKind.Large or GCSegmentKind.Pinned)
        .SelectMany(segment => segment.EnumerateObjects())
        .Where(item => item is { IsValid: true, Type: { ContainsPointers: false } type, Size: >= LeastSize } && (type.IsArray || type.IsString || type.IsFree))
        .Select(item => new Found(item.Address, PagesBetween(item.Address + HeaderSize, item.Address + item.Size), default));

    private static AddressRange PagesBetween(ulong start, ulong end)
    {
        var page = (ulong)Environment.SystemPageSize;
        return new AddressRange((start + page - 1) / page * page, end / page * page);
    }

    private static Found[] WithHeaders(int processId, Found[] objects)
    {
        var headers = Headers(processId, objects);
        return [.. objects.Select((item, index) => item with { Header = headers[index] }).Where(item => item.Header.Type != 0)];
    }

    /// <returns>Zeros for an object that cannot be read, and for those after it that were to be read with it.</returns>
    private static Header[] Headers(int processId, Found[] objects)
    {
        var headers = new Header[objects.Length];
        var remote = new NativeMethods.Buffer[MostBuffers];
        fixed (Header* first = headers)
        fixed (NativeMethods.Buffer* buffers = remote)
        {
            for (var start = 0; start < objects.Length; start += MostBuffers)
            {
                var count = Math.Min(MostBuffers, objects.Length - start);
                for (var i = 0; i < count; i++)
                    remote[i] = new NativeMethods.Buffer { Address = (nint)objects[start + i].Address, Size = HeaderSize };
                var local = new NativeMethods.Buffer { Address = (nint)(first + start), Size = (nuint)(count * HeaderSize) };
                _ = NativeMethods.ReadMemory(processId, &local, 1, buffers, (nuint)count, 0);
            }
        }

        return headers;
    }

    private readonly record struct Header(ulong Type, ulong Length);

    private readonly record struct Found(ulong Address, AddressRange Inside, Header Header);
}
