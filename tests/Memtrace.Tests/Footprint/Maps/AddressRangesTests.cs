using System.Globalization;
using Memtrace.Footprint.Maps;

namespace Memtrace.Tests.Footprint.Maps;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("", "0-9", "0-9")]
    [InlineData("0-9", "", "")]
    [InlineData("2-4", "0-9", "0-2 4-9")]
    [InlineData("0-2 8-9", "0-9", "2-8")]
    [InlineData("0-9", "0-9", "")]
    [InlineData("1-3", "0-2 3-5", "0-1 3-5")]
    [InlineData("1-2 3-4 6-7", "2-3 3-8", "2-3 4-6 7-8")]
    [InlineData("1-2 3-4", "5-6", "5-6")]
    public void What_is_outside_of_them_remains(string set, string ranges, string expected) =>
        Assert.Equal(Ranges(expected), new AddressRanges(Ranges(set)).Outside(Ranges(ranges)));

    private static List<AddressRange> Ranges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => new AddressRange(ulong.Parse(range[..1], CultureInfo.InvariantCulture), ulong.Parse(range[2..], CultureInfo.InvariantCulture)))];
}
