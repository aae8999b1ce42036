using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class DumpTypeNameTests
{
    [Theory]
    [InlineData("System.String", "System.String")]
    [InlineData("System.Byte[]", "System.Byte[]")]
    [InlineData("System.Int32[,]", "System.Int32[,]")]
    [InlineData("System.Collections.Generic.List<System.String>", "System.Collections.Generic.List`1[System.String]")]
    [InlineData("System.Collections.Generic.Dictionary<System.Int32, Shop.Order>+Entry[]", "System.Collections.Generic.Dictionary`2+Entry[System.Int32,Shop.Order][]")]
    [InlineData("Shop.Box<Shop.Pair<System.Int32, System.String[]>>", "Shop.Box`1[Shop.Pair`2[System.Int32,System.String[]]]")]
    [InlineData("Program+<<Main>$>d__0", "Program+<<Main>$>d__0")]
    [InlineData("Shop.Worker+<RunAsync>d__3<System.Int32>", "Shop.Worker+<RunAsync>d__3`1[System.Int32]")]
    [InlineData("System.Collections.Generic.List<Program+<>c__DisplayClass0_0>", "System.Collections.Generic.List`1[Program+<>c__DisplayClass0_0]")]
    [InlineData("Broken<", "Broken<")]
    public void Names_become_those_of_the_runtime(string name, string expected) => Assert.Equal(expected, DumpTypeName.ToRuntime(name));

    [Theory]
    [InlineData("System.Collections.Concurrent.ConcurrentDictionary<System.Int32, Shop.Session>+Node", "System.Collections.Concurrent.ConcurrentDictionary<System.Int32, Shop.Session>.Node")]
    [InlineData("Outer+Inner", "Outer.Inner")]
    public void They_are_readable_then(string name, string expected) => Assert.Equal(expected, DumpTypeName.Readable(name));
}
