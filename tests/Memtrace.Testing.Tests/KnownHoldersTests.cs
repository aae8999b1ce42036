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
}
