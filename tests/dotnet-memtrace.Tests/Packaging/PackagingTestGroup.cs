namespace Memtrace.Tool.Tests.Packaging;

/// <summary>The tests of the tool's packages, which are made once for all of them.</summary>
[Slow]
[CollectionDefinition(Name)]
public sealed class PackagingTestGroup : ICollectionFixture<PackagingFixture>
{
    public const string Name = "packages";
}
