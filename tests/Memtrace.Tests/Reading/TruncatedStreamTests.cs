using Memtrace.Reading;

namespace Memtrace.Tests.Reading;

public sealed class TruncatedStreamTests
{
    private static byte[] Sample(out List<long> boundaries)
    {
        var builder = new NettraceBuilder();
        for (var i = 0; i < 5; i++)
            builder.Event("Test-Provider", 1, i, new byte[i * 3]);
        boundaries = builder.Boundaries;
        return builder.Build();
    }

    private static byte[] Pass(byte[] bytes, out TruncatedStream stream)
    {
        stream = new TruncatedStream(new MemoryStream(bytes));
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    [Fact]
    public void Hands_on_a_whole_stream_as_it_is()
    {
        var bytes = Sample(out _);
        Assert.Equal(bytes, Pass(bytes, out var stream));
        Assert.True(stream.Terminated);
        Assert.True(stream.IsNettrace);
        Assert.Equal(1 + 1 + 5, stream.Blocks);
    }

    [Fact]
    public void Ends_a_stream_cut_at_any_byte_after_its_last_whole_block()
    {
        var bytes = Sample(out var boundaries);
        for (var length = 32; length < bytes.Length; length++)
        {
            var whole = boundaries.Where(boundary => boundary <= length).DefaultIfEmpty(32).Last();
            var expected = (byte[])[.. bytes.Take((int)TraceAware(whole, length)), 1];
            Assert.Equal(expected, Pass(bytes[..length], out var stream));
            Assert.False(stream.Terminated);
        }

        // The Trace object, which has no boundary of its own in the list, ends where the first block begins.
        static long TraceAware(long whole, int length)
        {
            const int TraceEnd = 32 + 3 + 12 + 5 + 1 + 48 + 1;
            return whole == 32 && length >= TraceEnd ? TraceEnd : whole;
        }
    }

    [Fact]
    public void Gives_out_nothing_of_what_is_no_nettrace()
    {
        Assert.Empty(Pass("PK\x3\x4 something else entirely"u8.ToArray(), out var stream));
        Assert.False(stream.IsNettrace);
        Assert.False(stream.IsEmpty);
    }

    [Fact]
    public void Knows_an_empty_stream()
    {
        Assert.Empty(Pass([], out var stream));
        Assert.True(stream.IsEmpty);
    }

    [Fact]
    public void Stops_at_garbage_between_blocks()
    {
        var bytes = Sample(out var boundaries);
        var cut = (int)boundaries[3];
        byte[] garbage = [.. bytes[..cut], .. new byte[100]];
        Assert.Equal([.. bytes[..cut], 1], Pass(garbage, out var stream));
        Assert.False(stream.Terminated);
    }

    [Fact]
    public void Does_not_believe_an_absurd_size()
    {
        var bytes = Sample(out var boundaries);
        var cut = (int)boundaries[3];
        byte[] absurd = [.. bytes[..cut], 5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. new byte[64]];
        Assert.Equal([.. bytes[..cut], 1], Pass(absurd, out _));
    }

    [Fact]
    public void Ends_a_version_6_stream_with_an_end_block()
    {
        byte[] header = [.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] block = [3, 0, 0, 2, 1, 2, 3];
        Assert.Equal([.. header, .. block, 0, 0, 0, 0], Pass([.. header, .. block, 9, 0, 0, 2, 1], out var torn));
        Assert.False(torn.Terminated);
        Assert.Equal([.. header, .. block, 0, 0, 0, 0], Pass([.. header, .. block, 0, 0, 0, 0], out var whole));
        Assert.True(whole.Terminated);
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var stream = new TruncatedStream(new MemoryStream(Sample(out _)), cancellation.Token);
        var buffer = new byte[16];
        Assert.Equal(12 + 4, stream.ReadAtLeast(buffer, 16));
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => stream.Read(buffer));
    }
}
