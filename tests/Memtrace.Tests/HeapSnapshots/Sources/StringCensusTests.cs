using System.Buffers.Binary;
using System.Collections.Immutable;
using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Profiles;
using Memtrace.TestSupport;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Strings in memory of which the file has the first page and the third, or all three, and the second is empty.</summary>
public sealed class StringCensusTests : IDisposable
{
    private const int Page = 4096;
    private const ulong Begin = 0x7000_0000_0000;

    /// <summary>Two pages.</summary>
    private const int Length = Page;

    private static readonly AddressRange SecondPage = new(Begin + Page, Begin + (2 * Page));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_copy_pages_that_are_missing_are_zeros(bool hasSecondPage)
    {
        var (strings, isPartial) = Count(hasSecondPage, new AddressRanges([]));

        Assert.Equal((2, Length), (Assert.Single(strings).Count, strings[0].Length));
        Assert.False(isPartial);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_left_out_of_it_is_unknown(bool hasSecondPage) => IsUnknown(Count(hasSecondPage, new AddressRanges([SecondPage])));

    [Fact]
    public void In_a_dump_pages_that_are_missing_are_unknown() => IsUnknown(Count(hasSecondPage: false, leftOut: null));

    private static void IsUnknown((ImmutableArray<RepeatedString> Strings, bool IsPartial) result)
    {
        Assert.Empty(result.Strings);
        Assert.True(result.IsPartial);
    }

    private (ImmutableArray<RepeatedString> Strings, bool IsPartial) Count(bool hasSecondPage, AddressRanges? leftOut)
    {
        var file = _folder.File("core");
        var bytes = new byte[3 * Page];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ObjectParts.Fields), Length);
        File.WriteAllBytes(file, bytes);
        CoreSegment[] segments = hasSecondPage ? [new(Begin, 3 * Page, 0)] : [new(Begin, Page, 0), new(Begin + (2 * Page), Page, 2 * Page)];
        using var packed = new PackedMemory();
        using var memory = new CoreMemory(file, segments, leftOut is null ? null : new CopyDetails(leftOut, packed));
        var census = new StringCensus(new ContentReader(memory), withValues: true);
        census.Add(Begin, 2 * Length);
        census.Add(Begin, 2 * Length);
        return (census.Repeated(), census.IsPartial);
    }
}
