using System.Collections.Immutable;

namespace Memtrace.Exporting.Tables;

/// <summary>A quantity in bytes over time.</summary>
/// <param name="Points">What is known of it, in order of time.</param>
/// <param name="StartSeconds">Where its axis begins, in seconds after the recording's beginning.</param>
/// <param name="EndSeconds">Where its axis ends.</param>
/// <param name="FirstBytes">The figure that it begins with.</param>
/// <param name="LastBytes">The figure that it ends with.</param>
public sealed record Curve(
    ImmutableArray<(double Seconds, double Bytes)> Points, double StartSeconds, double EndSeconds, double FirstBytes, double LastBytes);
