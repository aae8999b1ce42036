namespace Memtrace.Testing.Tests;

[Slow]
public sealed class MemoryBudgetTests
{
    [Fact]
    public void Work_within_its_budget_passes() => MemoryBudget.Of(() => Server.Allocate(20))
        .Allocates(atMost: "21 MiB")
        .Allocates("System.Byte[]", atMost: "40 MiB")
        .Allocates("Shop.*", atMost: "1 KiB")
        .PeaksBelow("2 GiB")
        .HeapPeaksBelow("1 GiB")
        .Collects(gen2: 100);

    [Fact]
    public void Too_many_bytes_are_named_with_type_line_and_recording()
    {
        var budget = MemoryBudget.Of(() => Server.Allocate(20));
        var message = Assert.Throws<MemoryBudgetException>(() => budget.Allocates(atMost: "10 MiB")).Message;

        Assert.Matches(@"^Allocated 20\.\d MiB, 10\.\d MiB over the budget of 10\.0 MiB\.", message);
        Assert.Matches(@"\n  (19|20)\.\d MiB ± [\d.]+ [KM]?i?B  System\.Byte\[\]  Memtrace\.Testing\.Tests\.Server\.Allocate \(Sessions\.cs:\d+\)", message);
        Assert.True(File.Exists(RecordingIn(message)), message);
    }

    [Fact]
    public void Amounts_of_types_and_call_sites_fail_beyond_their_error()
    {
        var budget = MemoryBudget.Of(() => Server.Allocate(20));

        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("System.Byte[]", atMost: "10 MiB"));
        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("System.Byte*", atMost: "10 MiB"));
        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("*.Server.Allocate", atMost: "10 MiB"));
    }

    [Fact]
    public void Peaks_and_collections_are_limited()
    {
        var budget = MemoryBudget.Of(GC.Collect);

        Assert.Contains("The resident set peaked at", Assert.Throws<MemoryBudgetException>(() => budget.PeaksBelow("10 MiB")).Message, StringComparison.Ordinal);
        Assert.Contains("The GC heap peaked at", Assert.Throws<MemoryBudgetException>(() => budget.HeapPeaksBelow("10 KiB")).Message, StringComparison.Ordinal);
        Assert.StartsWith("1 Gen 2 collection, the budget is 0.", Assert.Throws<MemoryBudgetException>(() => budget.Collects(gen2: 0)).Message);
        Assert.Throws<ArgumentException>(() => budget.PeaksBelow("much"));
    }

    [Fact]
    public async Task An_exception_of_the_work_is_thrown()
    {
        Assert.Throws<InvalidOperationException>(() => MemoryBudget.Of(() => throw new InvalidOperationException()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryBudget.OfAsync(() => throw new InvalidOperationException()));
    }

    private static string RecordingIn(string message) => message[(message.LastIndexOf(' ') + 1)..];
}
