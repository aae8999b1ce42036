namespace Memtrace.Events;

/// <summary>Why the runtime pauses the program. The values are the runtime's (GCSuspendEEBegin).</summary>
internal enum SuspensionReason
{
    Other = 0,
    Collection = 1,
    AppDomainShutdown = 2,
    CodePitching = 3,
    Shutdown = 4,
    Debugger = 5,
    CollectionPreparation = 6,
    DebuggerSweep = 7,
}

/// <summary>GCSuspendEEBegin: the runtime begins to pause the program.</summary>
internal readonly record struct SuspensionBegin(double Seconds, SuspensionReason Reason)
{
    public const int Id = 9;

    public static SuspensionBegin Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new SuspensionBegin(data.Seconds, (SuspensionReason)payload.ReadInt32());
    }
}

/// <summary>GCRestartEEBegin and GCRestartEEEnd: the runtime resumes the program; the program runs again. Their fields are not used.</summary>
internal static class Restart
{
    public const int BeginId = 7, EndId = 3;
}
