using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class NumberListTests
{
    [Theory]
    [InlineData("0-3,8\n", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("5", new[] { 5 })]
    [InlineData("", new int[0])]
    [InlineData("3-1,x,2", new[] { 2 })]
    public void A_list_is_numbers_and_ranges(string text, int[] numbers) => Assert.Equal(numbers, NumberList.Parse(text));
}
