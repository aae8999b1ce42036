using Memtrace.Events;
using Memtrace.Reading;

namespace Memtrace.Tests.Reading;

/// <summary>Keeps the survivors and the gaps of a recording.</summary>
internal sealed class SeenSurvival : RecordingVisitor
{
    /// <summary>The ranges that survived in place.</summary>
    public List<SurvivingRange> Surviving { get; } = [];

    /// <summary>Whether an event has fewer ranges than it declares.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>How often events were lost.</summary>
    public int Gaps { get; private set; }

    public override void Visit(in SurvivingRanges survivors)
    {
        Surviving.AddRange(survivors.Ranges);
        Incomplete |= survivors.Incomplete;
    }

    public override void Lost() => Gaps++;
}
