using System.Collections.Frozen;
using System.IO.Compression;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;
using Memtrace.Tests.HeapSnapshots.Graph;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Snapshots written to files and read again.</summary>
public sealed class SnapshotFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void What_is_written_is_read(int objects)
    {
        using var snapshot = Sample(objects);
        using var read = Read(Write(SnapshotFile.Write, snapshot));

        Assert.Equal(snapshot.Facts, read.Facts);
        AssertSame(snapshot.Graph, read.Graph);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void What_one_process_hands_over_the_other_one_gets(int objects)
    {
        using var snapshot = Sample(objects);
        using var read = SnapshotTransfer.Read(new MemoryStream(Write(SnapshotTransfer.Write, snapshot)));

        Assert.Equal(snapshot.Facts, read.Facts);
        AssertSame(snapshot.Graph, read.Graph);
        Assert.Equal(snapshot.Graph.DanglingReferences, read.Graph.DanglingReferences);
    }

    [Fact]
    public void Handles_and_histograms_are_handed_over_too()
    {
        using var handles = WithHandles();
        using var histogram = Histogram();
        using var read = SnapshotTransfer.Read(new MemoryStream(Write(SnapshotTransfer.Write, handles)));
        using var counts = SnapshotTransfer.Read(new MemoryStream(Write(SnapshotTransfer.Write, histogram)));

        Assert.Equal(handles.Graph.Dependents, read.Graph.Dependents);
        Assert.Equal(handles.Graph.WeaklyReferenced, read.Graph.WeaklyReferenced);
        Assert.Equal((true, histogram.Graph.Bytes), (counts.Graph.IsHistogram, counts.Graph.Bytes));
    }

    [Fact]
    public void What_is_cut_off_is_not_handed_over()
    {
        using var snapshot = Sample(50);
        var sent = Write(SnapshotTransfer.Write, snapshot);

        for (var length = 0; length < sent.Length; length += 7)
            Assert.Throws<EndOfStreamException>(() => SnapshotTransfer.Read(new MemoryStream(sent[..length])).Dispose());
    }

    [Fact]
    public void An_object_without_a_type_is_refused()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddObject(RandomHeap.Address(0), 24, 1, references: 0);
        using var snapshot = new HeapSnapshot(builder.Build(), Sample(1).Facts);
        using var untyped = new HeapSnapshot(snapshot.Graph.With(snapshot.Graph.Frame with { Types = snapshot.Graph.Types[..1] }), snapshot.Facts);

        Assert.Throws<HeapSnapshotException>(() => Read(Write(SnapshotFile.Write, untyped)));
    }

    [Fact]
    public void More_dependent_handles_than_references_are_refused()
    {
        using var snapshot = WithHandles();
        using var damaged = new HeapSnapshot(snapshot.Graph.With(snapshot.Graph.Frame with { Dependents = new Dictionary<int, int> { [1] = 4 }.ToFrozenDictionary() }), snapshot.Facts);

        Assert.Throws<HeapSnapshotException>(() => Read(Write(SnapshotFile.Write, damaged)));
    }

    [Fact]
    public void Names_of_fields_are_kept()
    {
        using var snapshot = new HeapSnapshot(RandomHeap.Build(new Random(1), 50, 2, 5).With(new FieldNames(new Dictionary<TypePair, string> { [new(0, 1)] = "Customer", [new(1, 0)] = "Left/Right" })), Sample(1).Facts);
        using var read = Read(Write(SnapshotFile.Write, snapshot));

        Assert.Equal(("Customer", "Left/Right", null), (read.Graph.Fields.Of(0, 1), read.Graph.Fields.Of(1, 0), read.Graph.Fields.Of(0, 0)));
    }

    [Fact]
    public void Facts_that_are_not_known_stay_unknown()
    {
        var facts = new HeapSnapshotFacts(new ProcessDescription(0, null, null, null, null, null, 0, null, null), HeapSnapshotSource.Gcdump, null);
        using var snapshot = new HeapSnapshot(RandomHeap.Build(new Random(1), 10, 1, 1), facts);
        using var read = Read(Write(SnapshotFile.Write, snapshot));

        Assert.Equal(facts, read.Facts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void Gcdump_files_round_trip_as_far_as_their_format_allows(int objects)
    {
        using var snapshot = Sample(objects);
        using var read = Read(Write(GcDumpFile.Write, snapshot));

        Assert.Equal((snapshot.Facts.Process.Id, snapshot.Facts.Process.Name), (read.Facts.Process.Id, read.Facts.Process.Name));
        Assert.Equal(snapshot.Facts.TakenAt, read.Facts.TakenAt);
        AssertSame(snapshot.Graph, read.Graph);
    }

    [Fact]
    public void Damage_is_refused_wherever_it_is()
    {
        using var snapshot = Sample(50);
        AssertDamageIsRefused(Write(SnapshotFile.Write, snapshot));
    }

    [Fact]
    public void Damage_of_gcdump_files_is_refused_too()
    {
        using var snapshot = Sample(50);
        AssertDamageIsRefused(Write(GcDumpFile.Write, snapshot));
    }

    [Fact]
    public void A_histogram_is_counts_only()
    {
        using var snapshot = Histogram();
        using var read = Read(Write(SnapshotFile.Write, snapshot));

        Assert.True(read.Graph.IsHistogram);
        Assert.Equal((1_000_003, 24L * 1_000_000 + 3 * 4096), (read.Graph.ObjectCount, read.Graph.Bytes));
        using var analysis = new HeapAnalysis(read);
        var types = analysis.Describe(file: null).Types;
        Assert.Equal([("Order", 1_000_000, 24_000_000, null), ("Page[]", 3, 12_288, (long?)null)], types.Select(type => (type.Type, type.Objects, type.Bytes, type.RetainedBytes)));
    }

    [Fact]
    public void Damage_of_a_histogram_is_refused_too()
    {
        using var snapshot = Histogram();
        AssertDamageIsRefused(Write(SnapshotFile.Write, snapshot));
    }

    [Fact]
    public void A_histogram_has_nothing_for_a_gcdump_file()
    {
        using var snapshot = Histogram();

        Assert.Throws<HeapSnapshotException>(() => Write(GcDumpFile.Write, snapshot));
    }

    [Theory]
    [InlineData(int.MaxValue, 24)]
    [InlineData(1, 1L << 50)]
    [InlineData(1 << 30, 1L << 40)]
    public void A_histogram_of_impossible_objects_is_refused(int objects, long size) =>
        Assert.Throws<InvalidDataException>(() => new HistogramBuilder().Add(0, size, objects));

    private static HeapSnapshot Histogram()
    {
        var (builder, other) = (new HistogramBuilder(), new HistogramBuilder());
        builder.Add(0, 24, 999_999);
        builder.Add(1, 4096, 1);
        other.Add(1, 4096, 2);
        other.Add(0, 24, 1);
        builder.Add(other);
        return new HeapSnapshot(builder.Build([new HeapType("Order", "Shop.dll"), new HeapType("Page[]", null)], alignment: 8), Sample(1).Facts with { HasReferences = false });
    }

    [Fact]
    public void A_file_that_is_cut_off_is_refused_wherever_that_is()
    {
        using var snapshot = Sample(50);
        var file = Write(SnapshotFile.Write, snapshot);

        for (var length = 0; length < file.Length; length++)
            Assert.Throws<HeapSnapshotException>(() => Read(file[..length]).Dispose());
    }

    [Fact]
    public void A_later_version_is_refused()
    {
        using var snapshot = Sample(5);
        var file = Write(SnapshotFile.Write, snapshot);
        file[8] = 4;

        Assert.Equal("The snapshot has format 4, which this version cannot read.", Assert.Throws<HeapSnapshotException>(() => Read(file)).Message);
    }

    [Fact]
    public void Dependent_and_weak_handles_are_kept()
    {
        using var snapshot = WithHandles();
        using var read = Read(Write(SnapshotFile.Write, snapshot));

        Assert.Equal(new Dictionary<int, int> { [1] = 2 }, read.Graph.Dependents);
        Assert.Equal([0, 2, 2], read.Graph.WeaklyReferenced);
        AssertSame(snapshot.Graph, read.Graph);
    }

    [Fact]
    public void A_file_of_the_first_version_has_none()
    {
        using var snapshot = Sample(100);
        using var read = Read(OfFirstVersion(Write(SnapshotFile.Write, snapshot)));

        AssertSame(snapshot.Graph, read.Graph);
        Assert.Empty(read.Graph.Dependents);
        Assert.Empty(read.Graph.WeaklyReferenced);
    }

    private static HeapSnapshot WithHandles()
    {
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < 4; i++)
            builder.AddObject(RandomHeap.Address(i), 24, 0, i == 1 ? 1 : 0);
        builder.AddReference(RandomHeap.Address(0));
        builder.AddDependent(RandomHeap.Address(1), RandomHeap.Address(2));
        builder.AddDependent(RandomHeap.Address(1), RandomHeap.Address(3));
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(1), "A.Field");
        foreach (var weak in (int[])[0, 2, 2])
            builder.AddWeakHandle(RandomHeap.Address(weak));
        return new HeapSnapshot(builder.Build(), Sample(1).Facts);
    }

    /// <summary>A file without handles as the first version wrote it: without the three empty lists at the end.</summary>
    private static byte[] OfFirstVersion(byte[] file)
    {
        const int Header = 10, EndMark = 8;
        using var content = new MemoryStream();
        using (var member = new GZipStream(new MemoryStream(file[Header..^EndMark]), CompressionMode.Decompress))
            member.CopyTo(content);
        using var older = new MemoryStream();
        older.Write(file.AsSpan(0, Header));
        using (var member = new GZipStream(older, CompressionLevel.Fastest, leaveOpen: true))
            member.Write(content.ToArray().AsSpan()[..^3]);
        older.Write(file.AsSpan()[^EndMark..]);
        var bytes = older.ToArray();
        bytes[8] = 1;
        return bytes;
    }

    // A change that makes another heap of it is no damage in a format without a checksum.
    private static void AssertDamageIsRefused(byte[] file)
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Read(damaged).Dispose();
            }
            catch (HeapSnapshotException)
            {
                // As it should be.
            }
        }
    }

    internal static HeapSnapshot Sample(int objects)
    {
        var graph = RandomHeap.Build(new Random(objects), Math.Max(1, objects), 2, 20);
        var process = new ProcessDescription(1234, "app", "app --x ö", "10.0.12", "x64", "Linux", 4, true, null);
        var sizes = new GenerationBytes(1, 2, 3, 4, 5);
        return new HeapSnapshot(graph, new HeapSnapshotFacts(process, HeapSnapshotSource.Events, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
        {
            RssBytes = 1L << 33,
            ContainerUsageBytes = 5,
            ContainerLimitBytes = 6,
            PaddingBytes = 7,
            Collection = new FullCollection(12.5, new HeapState(sizes, sizes, 77), new HeapState(sizes, sizes, null)),
        });
    }

    internal static byte[] Write(Action<Stream, HeapSnapshot> write, HeapSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        write(stream, snapshot);
        return stream.ToArray();
    }

    private static HeapSnapshot Read(byte[] file)
    {
        var path = Path.Combine(Path.GetTempPath(), $"memtrace-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, file);
        try
        {
            return HeapFileSource.Read(path, new HeapProgress(), TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertSame(HeapGraph expected, HeapGraph actual)
    {
        Assert.Equal((expected.ObjectCount, expected.ReferenceCount, expected.Bytes, expected.StaticsCut), (actual.ObjectCount, actual.ReferenceCount, actual.Bytes, actual.StaticsCut));
        for (var i = 0; i < expected.ObjectCount; i++)
        {
            Assert.Equal((expected.AddressOf(i), expected.SizeOf(i)), (actual.AddressOf(i), actual.SizeOf(i)));
            Assert.Equal(expected.Types[expected.TypeOf(i)], actual.Types[actual.TypeOf(i)]);
            Assert.Equal(expected.ReferencesOf(i), actual.ReferencesOf(i));
        }

        Assert.Equal(Text(expected), Text(actual));
    }

    private static IEnumerable<string> Text(HeapGraph graph) =>
        graph.Roots.Select(root => $"{root.Kind} {root.Name}: {string.Join(' ', root.Objects.Order())}").Order(StringComparer.Ordinal);
}
