using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Allocations;

public sealed class AllocationTrackerTests
{
    private readonly AllocationTracker _tracker = new(new TimeWindow(double.NegativeInfinity, double.PositiveInfinity), new CodeAddresses(), stackFrames: 100);

    [Fact]
    public void The_first_window_is_all_there_is()
    {
        Add(count: 10);

        Assert.Equal(10, Bytes(_tracker.TakeRecent()));
        Assert.Empty(_tracker.TakeRecent());
    }

    [Fact]
    public void Windows_add_up_to_the_total_however_often_rare_stacks_are_folded()
    {
        var sum = 0.0;
        var foldings = 0;
        for (var window = 0; window < 20; window++)
        {
            Add(count: 50, firstAddress: (ulong)window * 1000);
            if (_tracker.IsFull)
            {
                _tracker.Fold();
                foldings++;
            }

            Add(count: 5, firstAddress: 7);
            sum += Bytes(_tracker.TakeRecent());
        }

        Assert.InRange(foldings, 2, 20);
        Assert.Equal((20 * 55, _tracker.Bytes.Sampled), (sum, sum));
    }

    private static double Bytes(IEnumerable<KeyValuePair<AllocationKey, Estimate>> amounts) => amounts.Sum(amount => amount.Value.Bytes);

    private void Add(int count, ulong firstAddress = 1)
    {
        for (var i = 0; i < count; i++)
        {
            var allocation = new AllocationEvent
            {
                Seconds = 1,
                ThreadId = 1,
                Randomized = true,
                Kind = AllocationKind.Small,
                TypeId = 1,
                TypeName = "T",
                Address = 0,
                ObjectSize = 1,
                TickAmount = 0,
                Stack = [firstAddress + (ulong)i + 1, 1],
            };
            _tracker.Add(allocation, new Estimate(1, 1, 1, 1, 1));
        }
    }
}
