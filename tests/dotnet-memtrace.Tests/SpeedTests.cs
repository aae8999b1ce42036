namespace Memtrace.Tool.Tests;

public sealed class SpeedTests
{
    [Fact]
    public void Each_test_class_is_fast_or_slow() => Assert.Empty(SpeedRule.Undecided(typeof(SpeedTests).Assembly));
}
