using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Allocations;

public sealed class StackTableTests
{
    private readonly CodeAddresses _addresses = new();
    private readonly StackTable _stacks;

    public StackTableTests() => _stacks = new StackTable(_addresses, limit: 1000);

    private ulong[] Addresses(int stack)
    {
        var result = new List<ulong>();
        for (; stack != StackTable.None; stack = _stacks[stack].Caller)
            result.Add(_addresses[_stacks[stack].Code]);
        return [.. result];
    }

    private static NativeMethod Method(ulong start, uint size) => new(1, 1, start, size, 0, "T", "M", "()");

    [Fact]
    public void Returns_what_was_added()
    {
        var stack = _stacks.Add([3, 2, 1]);
        Assert.Equal([3, 2, 1ul], Addresses(stack));
    }

    [Fact]
    public void The_same_stack_is_the_same_number()
    {
        Assert.Equal(_stacks.Add([3, 2, 1]), _stacks.Add([3, 2, 1]));
        Assert.Equal(3, _stacks.Count);
    }

    [Fact]
    public void Stacks_share_their_callers()
    {
        var first = _stacks.Add([9, 2, 1]);
        var second = _stacks.Add([8, 2, 1]);
        Assert.NotEqual(first, second);
        Assert.Equal(_stacks[first].Caller, _stacks[second].Caller);
        Assert.Equal(4, _stacks.Count);
    }

    [Fact]
    public void A_caller_is_a_stack_too()
    {
        var deep = _stacks.Add([3, 2, 1]);
        Assert.Equal(_stacks[deep].Caller, _stacks.Add([2, 1]));
    }

    [Fact]
    public void Without_addresses_there_is_no_stack()
    {
        Assert.Equal(StackTable.None, _stacks.Add([]));
    }

    [Fact]
    public void Memory_does_not_grow_with_repetition()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
            _stacks.Add([(ulong)random.Next(4), (ulong)random.Next(4), 1]);
        Assert.InRange(_stacks.Count, 1, 1 + 4 + 16);
    }

    [Fact]
    public void An_address_means_another_code_after_its_method_was_unloaded()
    {
        var before = _stacks.Add([110, 1]);
        _addresses.Retire(Method(100, 50));
        _addresses.Settle();
        var after = _stacks.Add([110, 1]);
        Assert.NotEqual(before, after);
        Assert.Equal(Addresses(before), Addresses(after));
        Assert.NotNull(_addresses.BoundTo(_stacks[before].Code));
        Assert.Null(_addresses.BoundTo(_stacks[after].Code));
        Assert.Equal(_stacks[before].Caller, _stacks[after].Caller);
    }

    [Fact]
    public void A_stack_as_deep_as_the_runtime_records_has_a_special_root()
    {
        var deepest = _stacks.Add([.. Enumerable.Range(1, StackTable.MaximumDepth).Select(i => (ulong)i)]);
        var complete = _stacks.Add([.. Enumerable.Range(1, StackTable.MaximumDepth - 1).Select(i => (ulong)i)]);

        Assert.Equal(CodeAddresses.Deeper, Codes(deepest)[^1]);
        Assert.DoesNotContain(CodeAddresses.Deeper, Codes(complete));
        Assert.Equal(StackTable.MaximumDepth - 1, Codes(complete).Length);
        Assert.Equal(deepest, _stacks.Add([.. Enumerable.Range(1, StackTable.MaximumDepth).Select(i => (ulong)i)]));
    }

    [Fact]
    public void Rare_stacks_are_folded_below_their_deepest_frequent_caller()
    {
        var table = new StackTable(_addresses, limit: 16);
        var frequent = 0;
        for (var i = 0; i < 10; i++)
            frequent = table.Add([3, 2, 1]);
        var rare = Enumerable.Range(0, 12).Select(i => table.Add([100ul + (ulong)i, 2, 1])).ToList();
        Assert.False(table.IsFull);
        var last = table.Add([7, 6, 5]);
        Assert.True(table.IsFull);

        var folded = table.Fold();

        Assert.Equal([3, 2, 1], Codes(table, folded[frequent]).Select(code => (int)_addresses[code]));
        Assert.All(rare, stack => Assert.Equal(folded[rare[0]], folded[stack]));
        Assert.Equal((CodeAddresses.Rare, folded[frequent]), (table[folded[rare[0]]].Code, Sibling(table, folded[rare[0]], folded[frequent])));
        Assert.Equal([CodeAddresses.Rare], Codes(table, folded[last]));
        Assert.Equal(5, table.Count);
        Assert.Equal(folded[frequent], table.Add([3, 2, 1]));
    }

    [Fact]
    public void Memory_has_a_bound_if_no_two_stacks_are_the_same_and_what_becomes_frequent_later_is_kept()
    {
        const int Limit = 400;
        var table = new StackTable(_addresses, Limit);
        var random = new Random(1);
        var stack = new ulong[20];
        for (var i = 0; i < 20_000; i++)
        {
            for (var frame = 0; frame < stack.Length; frame++)
                stack[frame] = (ulong)random.Next(1, 9);
            Fill(table, stack);
            if (i > 15_000)
                Fill(table, [77, 76, 75]);
        }

        Assert.True(table.Foldings > 10);
        Assert.InRange(_addresses.Count, 1, Limit);
        table.Fold();
        Assert.Equal([77, 76, 75], Codes(table, table.Add([77, 76, 75])).Select(code => (int)_addresses[code]));
        Assert.InRange(table.Count, 1, Limit / 2);

        void Fill(StackTable stacks, ulong[] addresses)
        {
            if (stacks.IsFull)
                stacks.Fold();
            stacks.Add(addresses);
            Assert.InRange(stacks.Count, 1, Limit + addresses.Length);
        }
    }

    private int[] Codes(int stack) => Codes(_stacks, stack);

    private static int[] Codes(StackTable table, int stack)
    {
        var codes = new List<int>();
        for (; stack != StackTable.None; stack = table[stack].Caller)
            codes.Add(table[stack].Code);
        return [.. codes];
    }

    /// <summary>The second stack if both have the same caller.</summary>
    private static int Sibling(StackTable table, int first, int second) => table[first].Caller == table[second].Caller ? second : StackTable.None;

    [Fact]
    public void Only_return_addresses_of_the_method_are_retired()
    {
        var codes = new ulong[] { 100, 101, 150, 151 }.Select(_addresses.Add).ToList();
        _addresses.Retire(Method(100, 50));
        _addresses.Settle();
        Assert.Equal([false, true, true, false], codes.Select(code => _addresses.BoundTo(code) is not null));
    }

    /// <summary>Programs that compile methods, run each a few times and drop it. What is known about an unloaded method takes much more memory than a frame.</summary>
    [Fact]
    public void Stacks_through_unloaded_methods_are_folded_early()
    {
        var folded = 0;
        for (var start = 0x10_0000ul; start < 0x80_0000; start += 0x1000)
        {
            _stacks.Add([start + 1, 0x1001]);
            _addresses.Retire(Method(start, 0x100));
            _addresses.Settle();
            if (!_stacks.IsFull)
                continue;
            _stacks.Fold();
            folded++;
            Assert.False(_stacks.IsFull);
        }

        Assert.InRange(folded, 1, 100);
        Assert.InRange(_addresses.UnloadedCount, 1, 100);
        Assert.InRange(_stacks.Count, 1, 200);
    }
}
