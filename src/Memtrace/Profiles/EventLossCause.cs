namespace Memtrace.Profiles;

/// <summary>Why the runtime dropped events.</summary>
public enum EventLossCause
{
    /// <summary>Unknown: its buffer was full, or events were too large to send. Also if it dropped none.</summary>
    Unknown,

    /// <summary>The events were too large to send, such as those of types with names of more than 32,000 characters: its buffer cannot have been full.</summary>
    TooLarge,
}
