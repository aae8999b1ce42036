using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>A sampled object that is followed through the collections, and what it stands for.</summary>
internal struct TrackedObject
{
    /// <summary>Where it is now.</summary>
    public ulong Address;

    /// <summary>Bytes of the object itself; 0 where the event was too old to tell.</summary>
    public long Size;

    /// <summary>Bytes that it stands for.</summary>
    public double Bytes;

    /// <summary>Variance of <see cref="Bytes"/>.</summary>
    public double BytesVariance;

    /// <summary>Objects that it stands for. Their variance is that of the bytes, by the size of one.</summary>
    public double Objects;

    /// <summary>When it was allocated, in seconds after the recording's beginning.</summary>
    public double Born;

    /// <summary>Its type and stack, as the ledger numbers them.</summary>
    public int Site;

    /// <summary>Collections that it has survived.</summary>
    public ushort Survived;

    /// <summary>The heap that it was allocated on.</summary>
    public AllocationKind Kind;

    /// <summary>Whether a collection has looked at it.</summary>
    public bool Observed;

    /// <summary>Whether a collection that stops the program has looked at it: then it is known to have lived at that moment.</summary>
    public bool Seen;

    /// <summary>Whether its memory may have been used again before any collection looked at it: then it can look alive though it is dead.</summary>
    public bool AtRisk;

    /// <summary>Whether it was at risk, and has been reweighed for it.</summary>
    public bool Reweighed;

    /// <summary>Where it ends.</summary>
    public readonly ulong End => Address + (ulong)Math.Max(1, Size);

    /// <summary>What it stands for.</summary>
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
