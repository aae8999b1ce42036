using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class PayloadTests
{
    [Fact]
    public void Reads_fields_one_after_the_other()
    {
        var bytes = new PayloadWriter().Byte(7).UInt16(8).Int32(-9).Utf16("Größe").Int64(10).Written;
        var payload = new Payload(bytes, 8);
        Assert.Equal(7, payload.ReadByte());
        Assert.Equal(8, payload.ReadUInt16());
        Assert.Equal(-9, payload.ReadInt32());
        Assert.Equal("Größe", payload.ReadString().ToString());
        Assert.Equal(10ul, payload.ReadPointer());
        Assert.Equal(0, payload.Remaining);
        Assert.False(payload.Overrun);
    }

    [Fact]
    public void Reads_pointers_of_four_bytes()
    {
        var payload = new Payload([0xFF, 0xFF, 0xFF, 0xFF, 1], 4);
        Assert.Equal(0xFFFF_FFFFul, payload.ReadPointer());
        Assert.Equal(1, payload.Remaining);
    }

    [Fact]
    public void Gives_zeros_beyond_the_end_and_says_so()
    {
        var payload = new Payload([1, 2, 3], 8);
        Assert.Equal(0, payload.ReadInt32());
        Assert.True(payload.Overrun);
        Assert.Equal(0, payload.ReadByte());
    }

    [Fact]
    public void Takes_a_string_without_an_end_for_none()
    {
        var payload = new Payload([65, 0, 66, 0], 8);
        Assert.True(payload.ReadString().IsEmpty);
        Assert.True(payload.Overrun);
    }

    [Fact]
    public void Ignores_a_negative_length()
    {
        var payload = new Payload([1, 2, 3], 8);
        Assert.True(payload.ReadBytes(-1).IsEmpty);
        Assert.True(payload.Overrun);
    }
}
