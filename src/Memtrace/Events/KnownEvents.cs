using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>
/// Names and leading fields of the events that this tool knows, because a runtime declares most of its events without names and fields. Names and layouts:
/// ClrEtwAll.man of dotnet/runtime; layouts only grow at the end.
/// </summary>
internal static class KnownEvents
{
    private static readonly Dictionary<EventKind, EventDescription> Of64Bit = Describe(FieldType.UInt64), Of32Bit = Describe(FieldType.UInt32);

    /// <summary>The name and fields of an event; null if it is not known.</summary>
    /// <param name="kind">The event.</param>
    /// <param name="pointerSize">Pointer size of the recorded process: 4 or 8 bytes.</param>
    public static EventDescription? Find(EventKind kind, int pointerSize) => (pointerSize == sizeof(uint) ? Of32Bit : Of64Bit).GetValueOrDefault(kind);

    private static Dictionary<EventKind, EventDescription> Describe(FieldType pointer)
    {
        var events = new Dictionary<EventKind, EventDescription>();
        foreach (var description in Runtime(pointer))
            events[new EventKind(Providers.Runtime, description.EventId)] = description;
        foreach (var description in Rundown())
            events[new EventKind(Providers.Rundown, description.EventId)] = description;
        foreach (var description in RecorderEvents.Descriptions)
            events[new EventKind(Providers.Recorder, description.EventId)] = description;
        events[new EventKind(Providers.EventPipe, ProcessFacts.Id)] = new EventDescription(
            ProcessFacts.Id, "ProcessInfo", ("CommandLine", FieldType.String), ("OSInformation", FieldType.String), ("ArchInformation", FieldType.String));
        return events;
    }

    private static IEnumerable<EventDescription> Runtime(FieldType pointer) =>
    [
        .. Collections(),
        .. Heap(pointer),
        new(
            AllocationEvent.TickId,
            "AllocationTick",
            ("AllocationAmount", FieldType.UInt32), ("AllocationKind", FieldType.UInt32), ClrInstance, ("AllocationAmount64", FieldType.UInt64), ("TypeID", pointer),
            ("TypeName", FieldType.String), ("HeapIndex", FieldType.UInt32), ("Address", pointer), ("ObjectSize", FieldType.UInt64)),
        new(
            AllocationEvent.SampledId,
            "AllocationSampled",
            ("AllocationKind", FieldType.UInt32), ClrInstance, ("TypeID", pointer), ("TypeName", FieldType.String), ("Address", pointer), ("ObjectSize", FieldType.UInt64),
            ("SampledByteOffset", FieldType.UInt64)),
        new(MethodCode.LoadId, "MethodLoadVerbose", Method),
        new(MethodCode.UnloadId, "MethodUnloadVerbose", Method),
        new(MethodMap.Id, "MethodILToNativeMap", Map),
        new(
            PrecompiledEntry.Id,
            "R2RGetEntryPoint",
            ("MethodID", FieldType.UInt64), ("MethodNamespace", FieldType.String), ("MethodName", FieldType.String), ("MethodSignature", FieldType.String),
            ("EntryPoint", FieldType.UInt64), ClrInstance),
        new(ModuleCode.LoadId, "ModuleLoad", Module),
        new(ModuleCode.UnloadId, "ModuleUnload", Module),
        new(RuntimeFacts.Id, "RuntimeInformation", Information),
    ];

    private static IEnumerable<EventDescription> Collections() =>
    [
        new(CollectionTrigger.Id, "GCTriggered", ("Reason", FieldType.UInt32), ClrInstance),
        new(
            CollectionStart.Id,
            "GCStart",
            ("Count", FieldType.UInt32), ("Depth", FieldType.UInt32), ("Reason", FieldType.UInt32), ("Type", FieldType.UInt32), ClrInstance,
            ("ClientSequenceNumber", FieldType.UInt64)),
        new(CollectionEnd.Id, "GCEnd", ("Count", FieldType.UInt32), ("Depth", FieldType.UInt32), ClrInstance),
        new(SuspensionBegin.Id, "GCSuspendEEBegin", ("Reason", FieldType.UInt32), ("Count", FieldType.UInt32), ClrInstance),
        new(Restart.BeginId, "GCRestartEEBegin", ClrInstance),
        new(Restart.EndId, "GCRestartEEEnd", ClrInstance),
        new(FinalizersEnd.Id, "GCFinalizersEnd", ("Count", FieldType.UInt32), ClrInstance),
    ];

    private static IEnumerable<EventDescription> Heap(FieldType pointer) =>
    [
        new(
            HeapStatistics.Id,
            "GCHeapStats",
            [
                .. Enumerable.Range(0, 4).SelectMany(generation => GenerationSize(generation)),
                ("FinalizationPromotedSize", FieldType.UInt64), ("FinalizationPromotedCount", FieldType.UInt64), ("PinnedObjectCount", FieldType.UInt32),
                ("SinkBlockCount", FieldType.UInt32), ("GCHandleCount", FieldType.UInt32), ClrInstance,
                .. GenerationSize(4),
            ]),
        new(CommittedUsage.Id, "GCDynamicEvent", ("Name", FieldType.String), ("DataSize", FieldType.UInt32)),
        new(
            CollectorHistory.Id,
            "GCGlobalHeapHistory",
            ("FinalYoungestDesired", FieldType.UInt64), ("NumHeaps", FieldType.Int32), ("CondemnedGeneration", FieldType.UInt32), ("Gen0ReductionCount", FieldType.UInt32),
            ("Reason", FieldType.UInt32), ("GlobalMechanisms", FieldType.UInt32), ClrInstance, ("PauseMode", FieldType.UInt32), ("MemoryPressure", FieldType.UInt32)),
        new(HeapHistory.Id, "GCPerHeapHistory", ClrInstance),
        new(SurvivingRanges.Id, "GCBulkSurvivingObjectRanges", Bulk),
        new(MovedRanges.Id, "GCBulkMovedObjectRanges", Bulk),
        new(
            GenerationRange.Id,
            "GCGenerationRange",
            ("Generation", FieldType.Byte), ("RangeStart", pointer), ("RangeUsedLength", FieldType.UInt64), ("RangeReservedLength", FieldType.UInt64), ClrInstance),
        new(MarkedRoots.Id, "MarkWithType", ("HeapNum", FieldType.UInt32), ClrInstance, ("Type", FieldType.UInt32), ("Promoted", FieldType.UInt64)),
    ];

    private static IEnumerable<EventDescription> Rundown() =>
    [
        new(MethodCode.RundownStartId, "MethodDCStartVerbose", Method),
        new(MethodCode.RundownEndId, "MethodDCEndVerbose", Method),
        new(MethodMap.RundownStartId, "MethodDCStartILToNativeMap", Map),
        new(MethodMap.RundownEndId, "MethodDCEndILToNativeMap", Map),
        new(ModuleCode.RundownStartId, "ModuleDCStart", Module),
        new(ModuleCode.RundownEndId, "ModuleDCEnd", Module),
        new(RuntimeFacts.Id, "RuntimeInformationDCStart", Information),
        new(
            CollectorSettings.Id,
            "GCSettingsRundown",
            ("HardLimit", FieldType.Int64), ("LOHThreshold", FieldType.Int64), ("PhysicalMemoryConfig", FieldType.Int64), ("Gen0MinBudgetConfig", FieldType.Int64),
            ("Gen0MaxBudgetConfig", FieldType.Int64), ("HighMemPercentConfig", FieldType.Int32), ("BitSettings", FieldType.Int32), ClrInstance),
    ];

    private static (string Name, FieldType Type) ClrInstance => ("ClrInstanceID", FieldType.UInt16);

    private static (string Name, FieldType Type)[] Bulk => [("Index", FieldType.UInt32), ("Count", FieldType.UInt32), ClrInstance];

    private static (string Name, FieldType Type)[] Method =>
    [
        ("MethodID", FieldType.UInt64), ("ModuleID", FieldType.UInt64), ("MethodStartAddress", FieldType.UInt64), ("MethodSize", FieldType.UInt32),
        ("MethodToken", FieldType.UInt32), ("MethodFlags", FieldType.UInt32), ("MethodNamespace", FieldType.String), ("MethodName", FieldType.String),
        ("MethodSignature", FieldType.String), ClrInstance, ("ReJITID", FieldType.UInt64),
    ];

    private static (string Name, FieldType Type)[] Map =>
        [("MethodID", FieldType.UInt64), ("ReJITID", FieldType.UInt64), ("MethodExtent", FieldType.Byte), ("CountOfMapEntries", FieldType.UInt16)];

    private static (string Name, FieldType Type)[] Module =>
    [
        ("ModuleID", FieldType.UInt64), ("AssemblyID", FieldType.UInt64), ("ModuleFlags", FieldType.UInt32), ("Reserved1", FieldType.UInt32),
        ("ModuleILPath", FieldType.String), ("ModuleNativePath", FieldType.String), ClrInstance, ("ManagedPdbSignature", FieldType.Guid),
        ("ManagedPdbAge", FieldType.UInt32), ("ManagedPdbBuildPath", FieldType.String),
    ];

    private static (string Name, FieldType Type)[] Information =>
    [
        ClrInstance, ("Sku", FieldType.UInt16), ("BclMajorVersion", FieldType.UInt16), ("BclMinorVersion", FieldType.UInt16), ("BclBuildNumber", FieldType.UInt16),
        ("BclQfeNumber", FieldType.UInt16), ("VMMajorVersion", FieldType.UInt16), ("VMMinorVersion", FieldType.UInt16), ("VMBuildNumber", FieldType.UInt16),
        ("VMQfeNumber", FieldType.UInt16), ("StartupFlags", FieldType.UInt32), ("StartupMode", FieldType.Byte), ("CommandLine", FieldType.String),
    ];

    private static (string Name, FieldType Type)[] GenerationSize(int generation) =>
        [($"GenerationSize{generation}", FieldType.UInt64), ($"TotalPromotedSize{generation}", FieldType.UInt64)];
}
