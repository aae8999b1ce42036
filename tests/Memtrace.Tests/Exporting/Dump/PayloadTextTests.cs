using System.Text;
using Memtrace.Exporting.Dump;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Exporting.Dump;

public sealed class PayloadTextTests
{
    private static string Write(PayloadWriter payload, params EventField[] fields)
    {
        var text = new StringBuilder();
        new PayloadText(name => name).Write(text, payload.Written, fields);
        return text.ToString();
    }

    [Fact]
    public void Each_type_has_its_text()
    {
        var payload = new PayloadWriter()
            .Int32(1).Byte(0).UInt16('x').Byte(0xFF).Byte(0xFF).UInt16(0xFFFF).UInt16(0xFFFF).Int32(-1).Int32(-1).Int64(-1).Int64(-1)
            .Int32(BitConverter.SingleToInt32Bits(1.5f)).Double(-2.5).Int64(0).Bytes(new byte[16]).Utf16("text").VarUInt(3).VarUInt(300).Int32(0x0002_0008);
        FieldType[] types =
        [
            FieldType.Boolean32, FieldType.Boolean8, FieldType.Utf16CodeUnit, FieldType.SByte, FieldType.Byte, FieldType.Int16, FieldType.UInt16, FieldType.Int32,
            FieldType.UInt32, FieldType.Int64, FieldType.UInt64, FieldType.Single, FieldType.Double, FieldType.DateTime, FieldType.Guid, FieldType.String,
            FieldType.VarInt, FieldType.VarUInt, FieldType.DataLocation,
        ];
        Assert.Equal(
            " F=true F=false F=\"x\" F=-1 F=255 F=-1 F=65535 F=-1 F=4294967295 F=-1 F=18446744073709551615 F=1.5 F=-2.5 F=1601-01-01T00:00:00.0000000Z "
            + "F=00000000-0000-0000-0000-000000000000 F=\"text\" F=-2 F=300 F=@8:2",
            Write(payload, [.. types.Select(type => new EventField("F", type))]));
    }

    [Fact]
    public void Arrays_and_objects_are_in_brackets()
    {
        var number = new EventField("", FieldType.UInt16);
        var inner = new EventField("O", FieldType.Object, Fields: [new EventField("A", FieldType.Byte), new EventField("B", FieldType.Byte)]);
        var payload = new PayloadWriter().UInt16(2).UInt16(5).UInt16(6).Byte(1).Byte(2).UInt16(2).UInt16('h').UInt16('i').Byte(9);
        Assert.Equal(" N=[5, 6] O={A=1, B=2} S=\"hi\" F=[9]", Write(
            payload,
            new EventField("N", FieldType.Array, number),
            inner,
            new EventField("S", FieldType.Array, new EventField("", FieldType.Utf16CodeUnit)),
            new EventField("F", FieldType.FixedLengthArray, new EventField("", FieldType.Byte), Count: 1)));
    }

    [Fact]
    public void Of_a_long_array_the_beginning_is_shown_and_what_follows_it_is_read()
    {
        var payload = new PayloadWriter().UInt16(60_000).Bytes(new byte[60_000]).UInt16(20).Bytes(new byte[40]).Byte(7);
        var text = Write(
            payload,
            new EventField("N", FieldType.Array, new EventField("", FieldType.Byte)),
            new EventField("T", FieldType.Array, new EventField("", FieldType.String)),
            new EventField("Next", FieldType.Byte));
        Assert.Contains("0, 0, ... 60000 in all] T=[\"\", ", text, StringComparison.Ordinal);
        Assert.EndsWith("\"\", ... 20 in all] Next=7", text);
    }

    [Fact]
    public void Arrays_of_arrays_of_nothing_end()
    {
        var field = new EventField("", FieldType.Object, Fields: []);
        for (var i = 0; i < 6; i++)
            field = new EventField("A", FieldType.FixedLengthArray, field, Count: ushort.MaxValue);
        Assert.EndsWith(" shown) +1 byte: 01", Write(new PayloadWriter().Byte(1), field));
    }

    [Fact]
    public void A_payload_that_is_too_short_says_so()
    {
        var fields = new[] { new EventField("A", FieldType.Int32), new EventField("B", FieldType.Int64) };
        Assert.Equal(" A=1", Write(new PayloadWriter().Int32(1), fields));
        Assert.Equal(" A=1 B= (a block ends before its content does) +2 bytes: 0000", Write(new PayloadWriter().Int32(1).UInt16(0), fields));
    }
}
