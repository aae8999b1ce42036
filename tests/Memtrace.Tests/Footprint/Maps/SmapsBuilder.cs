using System.Globalization;
using System.Text;
using Memtrace.Footprint.Maps;

namespace Memtrace.Tests.Footprint.Maps;

/// <summary>Builds the text of /proc/PID/smaps, one mapping after another. Sizes are in KiB.</summary>
internal sealed class SmapsBuilder
{
    public const string Anonymous = "rd wr mr mw me ac";
    public const string NotDumped = "mr mw me dd";
    public const string Stack = "rd wr mr mw me ac nh";
    public const string Arena = "rd wr mr mw me nr";

    private readonly StringBuilder _text = new();
    private ulong _address;

    public byte[] Text => Encoding.UTF8.GetBytes(_text.ToString());

    public List<Mapping> Mappings => SmapsText.Parse(Text);

    /// <summary>Continues at an address.</summary>
    public SmapsBuilder At(ulong address)
    {
        _address = address;
        return this;
    }

    /// <summary>Continues after a gap.</summary>
    public SmapsBuilder Gap(long size = 64) => At(_address + ((ulong)size << 10));

    /// <summary>Anonymous memory, all of it resident.</summary>
    public SmapsBuilder Memory(long size, string flags = Anonymous) => Add(size, size, "rw-p", flags);

    /// <summary>Reserved addresses.</summary>
    public SmapsBuilder Reserve(long size, string flags = NotDumped) => Add(size, 0, "---p", flags);

    /// <summary>A mapped file.</summary>
    public SmapsBuilder File(string name, long size, string permissions = "r--p", string flags = "rd mr mw me") => Add(size, size, permissions, flags, name, inode: 77);

    public SmapsBuilder Add(long size, long rss, string permissions, string flags, string name = "", long inode = 0, long swap = 0, string device = "fe:00", long hugePages = 0)
    {
        var end = _address + ((ulong)size << 10);
        _text.Append(string.Create(CultureInfo.InvariantCulture, $"{_address:x}-{end:x} {permissions} 00000000 {device} {inode} {name}").TrimEnd()).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"Size:           {size,8} kB\nKernelPageSize:        4 kB\nRss:            {rss,8} kB\nPss:            {rss,8} kB\n")
            .Append(CultureInfo.InvariantCulture, $"Swap:           {swap,8} kB\nSwapPss:        {swap,8} kB\nPrivate_Hugetlb: {hugePages,7} kB\nTHPeligible:           0\nVmFlags: {flags} \n");
        _address = end;
        return this;
    }
}
