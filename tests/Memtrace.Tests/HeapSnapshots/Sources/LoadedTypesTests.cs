using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class LoadedTypesTests
{
    private const ulong Module = 0x7000, Unloaded = 0x7100, Known = 0x1000, List = 0x2000, ListOfUnloaded = 0x3000;

    /// <summary>A list of objects whose type was unloaded has a module that is loaded, but was loaded for another one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_type_is_unloaded_with_the_module_that_it_was_loaded_for(bool hasFurtherData)
    {
        var memory = new Dictionary<ulong, ulong>();
        foreach (var (type, module) in new[] { (Known, Module), (List, Module), (ListOfUnloaded, Unloaded) })
        {
            memory[type + 24] = hasFurtherData ? Module : module;
            memory[type + 32] = type + 0x100;
            memory[type + 0x108] = hasFurtherData ? module : 0x9999;
        }

        var types = new LoadedTypes([Module], Known, memory.GetValueOrDefault);

        Assert.Equal([true, true, false], new[] { Known, List, ListOfUnloaded }.Select(types.IsLoaded));
    }

    [Fact]
    public void All_types_count_as_loaded_where_the_runtime_says_it_in_an_unknown_way() =>
        Assert.True(new LoadedTypes([Module], Known, _ => 0).IsLoaded(ListOfUnloaded));
}
