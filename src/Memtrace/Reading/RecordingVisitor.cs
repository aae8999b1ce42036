using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>
/// Receives the events of a recording in time order. Override what you need. An event is valid only during the call.
/// </summary>
internal abstract class RecordingVisitor
{
    /// <summary>Called once, before any event.</summary>
    public virtual void Begin(in RecordingHeader header)
    {
    }

    public virtual void Visit(in AllocationEvent allocation)
    {
    }

    public virtual void Visit(in CollectionStart start)
    {
    }

    public virtual void Visit(in CollectionEnd end)
    {
    }

    public virtual void Visit(in HeapStatistics statistics)
    {
    }

    public virtual void Visit(in CommittedUsage usage)
    {
    }

    public virtual void Visit(in CollectorHistory history)
    {
    }

    public virtual void Visit(in HeapHistory history)
    {
    }

    public virtual void Visit(in FinalizersEnd end)
    {
    }

    public virtual void Visit(in CollectionTrigger trigger)
    {
    }

    public virtual void Visit(in CollectorSettings settings)
    {
    }

    public virtual void Visit(in SuspensionBegin suspension)
    {
    }

    /// <summary>RestartEE begin: the suspension ends, and no more events of it follow.</summary>
    public virtual void Resuming(double seconds)
    {
    }

    /// <summary>RestartEE end: the program runs again.</summary>
    public virtual void Resumed(double seconds)
    {
    }

    public virtual void Visit(in SurvivingRanges survivors)
    {
    }

    public virtual void Visit(in MovedRanges moves)
    {
    }

    public virtual void Visit(in GenerationRange range)
    {
    }

    public virtual void Visit(in MarkedRoots roots)
    {
    }

    /// <summary>Events were dropped before the next one.</summary>
    public virtual void Lost()
    {
    }

    public virtual void Loaded(in MethodCode method)
    {
    }

    /// <summary>The method's code was unloaded; its addresses may be reused.</summary>
    public virtual void Unloaded(in MethodCode method)
    {
    }

    public virtual void Visit(in MethodMap map)
    {
    }

    public virtual void Visit(in PrecompiledEntry entry)
    {
    }

    public virtual void Visit(in ModuleCode module)
    {
    }

    /// <summary>The module was unloaded, and its methods with it, for which there are no events.</summary>
    public virtual void Unloaded(in ModuleCode module)
    {
    }

    public virtual void Visit(in RuntimeFacts runtime)
    {
    }

    public virtual void Visit(in ProcessFacts process)
    {
    }

    public virtual void Visit(in RecordedProcess process)
    {
    }

    public virtual void Visit(in ProcessMemorySample sample)
    {
    }

    public virtual void Visit(in ContainerMemorySample sample)
    {
    }

    public virtual void Visit(in BreakdownDrop drop)
    {
    }

    public virtual void Visit(in MachineMemorySample sample)
    {
    }

    public virtual void Visit(MemoryBreakdown breakdown)
    {
    }

    public virtual void Visit(in SurvivalStop stop)
    {
    }

    public virtual void Visit(in EndEvent end)
    {
    }

    /// <summary>Any event of a rundown, at <paramref name="seconds"/>: it lists what exists, nothing happened then.</summary>
    public virtual void Rundown(double seconds)
    {
    }

    /// <summary>Any other event that this reader knows, at <paramref name="seconds"/>.</summary>
    public virtual void Happened(double seconds)
    {
    }
}
