using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class CodeEventsTests
{
    private readonly MethodMapReader _maps = new();

    private static byte[] Map(byte extent, params (int IL, int Native)[] offsets)
    {
        var payload = new PayloadWriter().Int64(0x10).Int64(2).Byte(extent).UInt16(offsets.Length);
        foreach (var (offset, _) in offsets)
            payload.Int32(offset);
        foreach (var (_, offset) in offsets)
            payload.Int32(offset);
        return payload.UInt16(9).Written.ToArray();
    }

    [Fact]
    public void A_methods_code()
    {
        var payload = new PayloadWriter()
            .Int64(0x10).Int64(0x20).Int64(0x7F00_0000_1000).Int32(-1).Int32(0x0600_0001).Int32(3)
            .Utf16("My.Type").Utf16("Run").Utf16("void ()").UInt16(9).Int64(0).Written;

        var method = MethodCode.Read(Recorded.Event(payload, thread: 12));

        Assert.Equal((12, 0x10ul, 0x20ul), (method.ThreadId, method.MethodId, method.ModuleId));
        Assert.Equal((0x7F00_0000_1000ul, 0xFFFF_FFFFu, 0x0600_0001), (method.Start, method.Size, method.Token));
        Assert.Equal("My.Type|Run|void ()", $"{method.DeclaringType}|{method.Name}|{method.Signature}");
    }

    [Fact]
    public void A_methods_map_and_a_smaller_one_after_it()
    {
        Assert.True(_maps.TryRead(Recorded.Event(Map(0, (-2, 0), (5, 17), (-3, 40)), thread: 12), out var map));
        Assert.Equal((12, 0x10ul), (map.ThreadId, map.MethodId));
        Assert.Equal([-2, 5, -3], map.ILOffsets.ToArray());
        Assert.Equal([0, 17, 40], map.NativeOffsets.ToArray());

        Assert.True(_maps.TryRead(Recorded.Event(Map(0, (7, 8))), out map));
        Assert.Equal([7], map.ILOffsets.ToArray());
        Assert.Equal([8], map.NativeOffsets.ToArray());
    }

    [Fact]
    public void A_map_of_cold_code_or_one_that_is_too_short_is_none()
    {
        Assert.False(_maps.TryRead(Recorded.Event(Map(1, (5, 17))), out _));
        Assert.False(_maps.TryRead(Recorded.Event(Map(0, (5, 17)).AsSpan()[..^3]), out _));
    }

    [Fact]
    public void A_precompiled_methods_entry()
    {
        var payload = new PayloadWriter().Int64(0x10).Utf16("My.Type").Utf16("Run").Utf16("void ()").Int64(0x1000).UInt16(9).Written;

        var entry = PrecompiledEntry.Read(Recorded.Event(payload));

        Assert.Equal((0x10ul, 0x1000ul), (entry.MethodId, entry.EntryPoint));
        Assert.Equal("My.Type|Run|void ()", $"{entry.DeclaringType}|{entry.Name}|{entry.Signature}");
    }

    [Fact]
    public void A_module()
    {
        var pdb = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        var payload = new PayloadWriter()
            .Int64(0x10).Int64(0x20).Int32(1).Int32(0).Utf16("/app/my.dll").Utf16("").UInt16(9).Bytes(pdb.ToByteArray()).Int32(1).Utf16("my.pdb").Written;

        Assert.Equal(new ModuleCode(0x10, "/app/my.dll", pdb), ModuleCode.Read(Recorded.Event(payload)));
    }

    [Fact]
    public void An_old_module_has_no_symbol_file()
    {
        var payload = new PayloadWriter().Int64(0x10).Int64(0x20).Int32(1).Int32(0).Utf16("/app/my.dll").Utf16("").Written;

        Assert.Equal(new ModuleCode(0x10, "/app/my.dll", Guid.Empty), ModuleCode.Read(Recorded.Event(payload)));
    }
}
