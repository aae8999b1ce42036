using Memtrace.Units;

namespace Memtrace.Tests.Units;

public sealed class UnitTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(0.4, "0 B")]
    [InlineData(812, "812 B")]
    [InlineData(1023.4, "1023 B")]
    [InlineData(1023.6, "1.0 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1048575, "1.0 MiB")]
    [InlineData(23.4 * 1024 * 1024, "23.4 MiB")]
    [InlineData(1.2 * 1024 * 1024 * 1024, "1.2 GiB")]
    [InlineData(-1536, "-1.5 KiB")]
    [InlineData(-0.2, "0 B")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void A_byte_size_has_a_binary_unit_and_one_decimal(double bytes, string expected) =>
        Assert.Equal(expected, ByteSize.Format(bytes));

    [Theory]
    [InlineData(1536, "+1.5 KiB")]
    [InlineData(-1536, "-1.5 KiB")]
    [InlineData(0.2, "0 B")]
    [InlineData(0, "0 B")]
    public void A_change_carries_its_sign(double bytes, string expected) =>
        Assert.Equal(expected, ByteSize.FormatSigned(bytes));

    [Theory]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(0, "0 B")]
    [InlineData(null, "-")]
    public void An_amount_that_is_not_known_is_a_hyphen(int? bytes, string expected) => Assert.Equal(expected, ByteSize.FormatKnown(bytes));

    [Fact]
    public void A_rate_is_for_each_second() => Assert.Equal("1.5 KiB/s", ByteSize.FormatRate(1536));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0004, "0.4 ms")]
    [InlineData(0.25, "250 ms")]
    [InlineData(0.9996, "1.0 s")]
    [InlineData(12.54, "12.5 s")]
    [InlineData(59.97, "1m 00s")]
    [InlineData(90, "1m 30s")]
    [InlineData(3599.8, "1h 00m")]
    [InlineData(7500, "2h 05m")]
    [InlineData(273600, "3d 04h")]
    [InlineData(9.2e18, "10675199d 02h")]
    public void A_duration_shows_the_two_largest_units(double seconds, string expected) =>
        Assert.Equal(expected, Duration.Format(seconds));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.34, "0.3 ms")]
    [InlineData(9.96, "10 ms")]
    [InlineData(312.4, "312 ms")]
    [InlineData(1500, "1.5 s")]
    public void A_pause_is_in_milliseconds(double milliseconds, string expected) =>
        Assert.Equal(expected, Duration.FormatMs(milliseconds));

    [Theory]
    [InlineData(0, "0%")]
    [InlineData(0.0001, "<0.1%")]
    [InlineData(0.1234, "12.3%")]
    [InlineData(0.9998, "100%")]
    [InlineData(1.75, "175%")]
    public void A_share_is_a_percentage(double share, string expected) => Assert.Equal(expected, Percent.Format(share));

    [Fact]
    public void A_share_of_nothing_is_zero() => Assert.Equal(0, Percent.Share(5, 0));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(12345, "12,345")]
    [InlineData(99999.4, "99,999")]
    [InlineData(123456, "123 k")]
    [InlineData(999600, "1.00 M")]
    [InlineData(12_345_678, "12.3 M")]
    public void A_count_is_exact_while_it_is_short(double count, string expected) => Assert.Equal(expected, Count.Format(count));
}
