using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Allocations;

public sealed class StackTableTests
{
    private readonly CodeAddresses _addresses = new();
    private readonly StackTable _stacks;

    public StackTableTests() => _stacks = new StackTable(_addresses);

    private ulong[] Addresses(int stack)
    {
        var result = new List<ulong>();
        for (; stack != StackTable.None; stack = _stacks[stack].Caller)
            result.Add(_addresses[_stacks[stack].Code]);
        return [.. result];
    }

    private static NativeMethod Method(ulong start, uint size) => new(1, 1, start, size, 0, "T", "M", "()");

    [Fact]
    public void Gives_back_what_was_added()
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
    public void No_addresses_are_no_stack()
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
    public void Only_return_addresses_of_the_method_are_retired()
    {
        var codes = new ulong[] { 100, 101, 150, 151 }.Select(_addresses.Add).ToList();
        _addresses.Retire(Method(100, 50));
        _addresses.Settle();
        Assert.Equal([false, true, true, false], codes.Select(code => _addresses.BoundTo(code) is not null));
    }
}
