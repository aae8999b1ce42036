namespace Memtrace.Tool.Tests;

/// <summary>The tests of where the memory is and of what follows from it run one after the other, beside those of <see cref="CollectTestGroup"/>.</summary>
[Slow]
[CollectionDefinition(Name)]
public sealed class BreakdownTestGroup
{
    public const string Name = "breakdown";
}
