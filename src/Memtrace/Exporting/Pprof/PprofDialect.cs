using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Pprof;

/// <summary>Where the names of types are in a profile.</summary>
internal enum PprofTypeNames
{
    /// <summary>In the label <c>type</c> of each sample.</summary>
    Labels,

    /// <summary>In a frame below the method that allocates.</summary>
    Leaves,
}

/// <summary>What the reader of a profile expects.</summary>
/// <param name="TypesOf">The values of its samples.</param>
/// <param name="TypeNames">Where the names of types are.</param>
internal sealed record PprofDialect(Func<MemoryProfile, ImmutableArray<PprofSampleType>> TypesOf, PprofTypeNames TypeNames)
{
    /// <summary>A file for pprof.</summary>
    public static PprofDialect File { get; } = new(PprofSampleType.Of, PprofTypeNames.Labels);

    /// <summary>An engine such as Pyroscope, to which each value of a label is a series of its own.</summary>
    public static PprofDialect Engine { get; } = new(PprofSampleType.AtEndOf, PprofTypeNames.Leaves);
}
