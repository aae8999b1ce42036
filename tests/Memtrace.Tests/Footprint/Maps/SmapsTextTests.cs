using System.Text;
using Memtrace.Footprint.Maps;

namespace Memtrace.Tests.Footprint.Maps;

public sealed class SmapsTextTests
{
    [Fact]
    public void A_mapping_has_its_addresses_figures_name_and_flags()
    {
        var mapping = Assert.Single(new SmapsBuilder().At(0x7f0000000000).Add(64, 12, "r-xp", "rd ex", "/usr/lib/libc.so.6", 345, swap: 8).Mappings);

        Assert.Equal(
            new Mapping(new AddressRange(0x7f0000000000, 0x7f0000010000), "r-xp", 345, "/usr/lib/libc.so.6", 12 << 10, 8 << 10, "rd ex") { Device = "fe:00" },
            mapping);
        Assert.True(mapping.IsExecutable && mapping.IsFile && !mapping.IsAnonymous && !mapping.IsWritable && !mapping.IsShared);
    }

    [Fact]
    public void A_name_may_hold_blanks_and_look_like_a_figure()
    {
        var names = new SmapsBuilder().File("/srv/my app/Rss: 5 kB", 4).File("/srv/ä b (deleted)", 4).Mappings.Select(mapping => mapping.Name);

        Assert.Equal(["/srv/my app/Rss: 5 kB", "/srv/ä b (deleted)"], names);
    }

    [Fact]
    public void Huge_pages_and_lazily_freed_memory_are_read()
    {
        var text = "7f0000000000-7f0020000000 rw-p 00000000 00:10 9 /anon_hugepage (deleted)\nRss: 0 kB\nLazyFree: 12 kB\nShared_Hugetlb: 2048 kB\nPrivate_Hugetlb: 4096 kB\nVmFlags: rd wr ht\n";
        var mapping = Assert.Single(SmapsText.Parse(Encoding.UTF8.GetBytes(text)));

        Assert.Equal((6144 << 10, 12 << 10, "00:10"), (mapping.HugePages, mapping.LazilyFreed, mapping.Device));
        Assert.True(mapping.IsHugePages);
    }

    [Fact]
    public void The_highest_addresses_are_read()
    {
        var mapping = Assert.Single(new SmapsBuilder().At(0xffffffffff600000).Add(4, 0, "--xp", "ex", "[vsyscall]").Mappings);

        Assert.Equal(0xffffffffff601000, mapping.End);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("Rss: 5 kB\nVmFlags: rd\n")]
    [InlineData("7f00-\nRss: 5 kB\nVmFlags: rd\n")]
    [InlineData("7f00-8000 rw\nRss: 5 kB\nVmFlags: rd\n")]
    [InlineData("7f00-8000 rw-p 00000000 00:00 0\nRss: 5 kB\n")]
    public void Malformed_or_truncated_mappings_are_left_out(string text) => Assert.Empty(SmapsText.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("0x7f019c801db0 0x1000 0x7ffeb4c83070 0x7f0deb0362ec\n", 0x7ffeb4c83070)]
    [InlineData("202 0x1 0x189 0x0 0x0 0x0 0xffffffff 0x7f015bdee330 0x7f0deafc3f16\n", 0x7f015bdee330)]
    [InlineData("-1 0x7ffe1000 0x7f0deafc3f16\n", 0x7ffe1000)]
    public void A_waiting_thread_has_a_stack_pointer(string text, ulong expected) => Assert.Equal(expected, LinuxTargetMemory.ParseStackPointer(text));

    [Theory]
    [InlineData("running\n")]
    [InlineData("")]
    [InlineData("1 2 3")]
    public void A_running_one_does_not(string text) => Assert.Null(LinuxTargetMemory.ParseStackPointer(text));
}
