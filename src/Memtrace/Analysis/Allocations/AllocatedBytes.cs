using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>Bytes allocated up to a time, by samples and by ticks. Which of them counts is known only at the end of the recording.</summary>
/// <param name="Sampled">Bytes by samples.</param>
/// <param name="Ticks">Bytes by ticks.</param>
internal readonly record struct AllocatedBytes(double Sampled, double Ticks)
{
    /// <summary>The bytes that count.</summary>
    public double By(AllocationSampling sampling) => sampling == AllocationSampling.Tick ? Ticks : Sampled;
}
