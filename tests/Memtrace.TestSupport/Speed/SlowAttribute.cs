using Xunit.v3;

namespace Memtrace.TestSupport.Speed;

/// <summary>Marks a class or a group of tests that start processes, make recordings, or take seconds. All others are <see cref="FastTests"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SlowAttribute : Attribute, ITraitAttribute
{
    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(FastTests.Category, "Slow")];
}
