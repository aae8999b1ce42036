using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What a core dump contains beside the objects: exceptions, stacks of threads, contents of strings. Immutable.</summary>
public sealed record DumpFacts
{
    /// <summary>Exceptions that were thrown and not caught yet: what ended the process is among them.</summary>
    public ImmutableArray<DumpedException> Exceptions { get; init; } = [];

    /// <summary>How many threads of the program there are.</summary>
    public int ThreadCount { get; init; }

    /// <summary>Threads by what they do, the most threads first; rare ones are left out.</summary>
    public ImmutableArray<ThreadGroup> Threads { get; init; } = [];

    /// <summary>Strings of which there are several with the same characters, those that waste most first; light ones are left out.</summary>
    public ImmutableArray<RepeatedString> Strings { get; init; } = [];

    /// <summary>Whether all strings were counted; otherwise there were too many different ones.</summary>
    public bool HasAllStrings { get; init; } = true;

    /// <summary>What all repeated strings waste, in bytes, those that are left out among them.</summary>
    public long WastedBytes { get; init; }

    /// <summary>The generations: objects, dead or alive, and the gaps between them.</summary>
    public HeapState? Heap { get; init; }
}

/// <summary>An exception in a dump.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Message">Its message; null where it has none, or where contents are left out.</param>
/// <param name="ThreadId">The thread, by the number of the operating system; 0 where it is not known.</param>
/// <param name="Stack">Where it was thrown: methods, the innermost first.</param>
/// <param name="Inner">The exception inside it, or null.</param>
public sealed record DumpedException(string Type, string? Message, int ThreadId, ImmutableArray<string> Stack, DumpedException? Inner);

/// <summary>Threads with the same stack.</summary>
/// <param name="Count">How many.</param>
/// <param name="Frames">Methods, the innermost first; empty where the threads run none of .NET.</param>
public sealed record ThreadGroup(int Count, ImmutableArray<string> Frames);

/// <summary>Strings with the same characters.</summary>
/// <param name="Value">The characters, of up to 80; null where contents are left out.</param>
/// <param name="Length">How many characters there are.</param>
/// <param name="Count">How many such strings.</param>
/// <param name="Bytes">Their size together, in bytes.</param>
public sealed record RepeatedString(string? Value, int Length, long Count, long Bytes)
{
    /// <summary>What one string instead of all would save, in bytes.</summary>
    public long WastedBytes => Bytes - (Bytes / Math.Max(1, Count));
}
