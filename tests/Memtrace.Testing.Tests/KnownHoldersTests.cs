using Memtrace.Profiles;

namespace Memtrace.Testing.Tests;

public class KnownHoldersTests
{
    [Theory]
    [InlineData("System.Number.s_smallNumberCache", true)]
    [InlineData("Shop.Number.s_smallNumberCache", false)]
    [InlineData("Shop.Server.s_texts", false)]
    public void Caches_of_dotnet_with_a_limit_do_not_count(string field, bool isKnown) =>
        Assert.Equal(isKnown, KnownHolders.Contain([new HeapStep(field, HeapRootKind.Static, 1, 8), new HeapStep("System.String[]", null, 1, 2424), new HeapStep("System.String", null, 50, 1600)]));

    [Theory]
    [InlineData("Memtrace.Testing.CheckedWork", "System.Func<System.Threading.Tasks.Task>", "Shop.Closure")]
    [InlineData("Memtrace.Testing.CheckedWork", "System.Func<System.Threading.Tasks.Task>", "Memtrace.Testing.CallingThread.closure", "System.Action", "Shop.Closure")]
    [InlineData("Memtrace.Testing.RepeatedWork", "Shop.Closure")]
    public void What_the_work_has_captured_is_held_by_the_work(params string[] holders)
    {
        var path = KnownHolders.JoinMeasurement([new HeapStep("strong handle", HeapRootKind.Handle, 1, 24), .. holders.Select(name => new HeapStep(name, null, 1, 24)), new HeapStep("Shop.Session", null, 1, 24)]);

        Assert.Equal(["the work", "Shop.Closure", "Shop.Session"], path.Select(step => step.Name));
    }
}
