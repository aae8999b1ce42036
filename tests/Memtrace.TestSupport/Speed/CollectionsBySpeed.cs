using System.Reflection;
using Xunit.v3;

namespace Memtrace.TestSupport.Speed;

/// <summary>
/// Each class outside of a group is its own collection, as it is without this factory. The collection gives it the trait of <see cref="FastTests"/>,
/// unless the class is slow: traits add up, so that an assembly's trait could not be taken back.
/// </summary>
public sealed class CollectionsBySpeed(IXunitTestAssembly testAssembly) : CollectionPerClassTestCollectionFactory(testAssembly)
{
    /// <inheritdoc/>
    protected override IXunitTestCollection GetDefaultTestCollection(Type testClass) =>
        testClass.GetCustomAttribute<SlowAttribute>() is not null
            ? base.GetDefaultTestCollection(testClass)
            : new XunitTestCollection(TestAssembly, typeof(FastTests), disableParallelization: false, $"Fast tests of {testClass}");
}
