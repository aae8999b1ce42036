using Xunit.v3;

namespace Memtrace.TestSupport.Speed;

/// <summary>The trait of the tests that are not marked <see cref="SlowAttribute"/>: <c>dotnet test --filter Category=Fast</c> runs them.</summary>
[Trait(Category, "Fast")]
public sealed class FastTests
{
    internal const string Category = nameof(Category);

    /// <summary>Whether the current test is one of them.</summary>
    internal static bool Run =>
        TestContext.Current.TestCollection is IXunitTestCollection { CollectionDefinition: { } definition } && definition == typeof(FastTests);
}
