using System.Runtime.CompilerServices;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>A sampled object that is followed through collections, and what it represents.</summary>
internal struct TrackedObject
{
    /// <summary>Its current address.</summary>
    public ulong Address;

    /// <summary>Bytes of the object itself; 0 if the event's version does not have it.</summary>
    public long Size;

    /// <summary>Bytes that it represents.</summary>
    public double Bytes;

    /// <summary>Variance of <see cref="Bytes"/>.</summary>
    public double BytesVariance;

    /// <summary>Objects that it represents. Their variance is that of the bytes, divided by the squared size of one.</summary>
    public double Objects;

    /// <summary>When it was allocated, in seconds after the start of the recording.</summary>
    public double Born;

    /// <summary>Its type and stack, by the ledger's numbers.</summary>
    public int Site;

    /// <summary>Number of collections it has survived.</summary>
    public ushort Survived;

    /// <summary>Number of collections it had survived at each of two moments of the past (<see cref="PastHeap"/>).</summary>
    public Counts SurvivedThen;

    /// <summary>The heap it was allocated on.</summary>
    public AllocationKind Kind;

    /// <summary>When a collection first examined it, in seconds after the start of the recording; infinite if none has.</summary>
    public double ObservedAt;

    /// <summary>When a collection last proved it alive.</summary>
    public double ProvedAt;

    /// <summary>Whether a blocking collection has examined it: then it was certainly alive at that time.</summary>
    public bool Seen;

    /// <summary>Whether its memory may have been reused before any collection examined it: then it can look alive though it is dead.</summary>
    public bool AtRisk;

    /// <summary>Whether it was at risk and has been reweighted.</summary>
    public bool Reweighed;

    /// <summary>Whether a collection has examined it.</summary>
    public readonly bool Observed => double.IsFinite(ObservedAt);

    /// <summary>Two counts.</summary>
    [InlineArray(2)]
    public struct Counts
    {
        private ushort _first;
    }

    /// <summary>The address after it.</summary>
    public readonly ulong End => Address + (ulong)Math.Max(1, Size);

    /// <summary>The estimate that it represents.</summary>
    public Estimate Amount
    {
        readonly get
        {
            var size = Bytes / Objects;
            return new Estimate(Bytes, BytesVariance, Objects, BytesVariance / (size * size), 1);
        }

        set => (Bytes, BytesVariance, Objects) = (value.Bytes, value.BytesVariance, value.Objects);
    }
}
