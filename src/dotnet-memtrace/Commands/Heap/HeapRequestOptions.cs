using System.Text.RegularExpressions;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>The order of types.</summary>
internal enum HeapOrder
{
    /// <summary>The most bytes first.</summary>
    Bytes,

    /// <summary>The most objects first.</summary>
    Objects,

    /// <summary>Largest retained size first.</summary>
    Retained,

    /// <summary>By name.</summary>
    Name,
}

/// <summary>The ways to take a snapshot of a running process.</summary>
internal enum SnapshotWay
{
    /// <summary>The one that pauses it least, of those that are possible.</summary>
    Automatic,

    /// <summary>By a copy of its memory.</summary>
    Copy,

    /// <summary>By the events of its runtime.</summary>
    Events,
}

/// <summary>The options of <c>heap</c>.</summary>
internal sealed record HeapRequestOptions
{
    /// <summary>The file to read; null for a process.</summary>
    public string? File { get; init; }

    /// <summary>Whether to ask before the process is paused.</summary>
    public bool Ask { get; init; }

    /// <summary>What to show.</summary>
    public required HeapView View { get; init; }

    /// <summary>The types to show paths to, or null.</summary>
    public Regex? Type { get; init; }

    /// <summary>The types to show; null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>The order of types.</summary>
    public HeapOrder Order { get; init; }

    /// <summary>Lines in each list, or null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>The snapshot to compare with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>The recording that says where objects were allocated, or null.</summary>
    public string? Recording { get; init; }

    /// <summary>The format.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>Where to save the snapshot, or null.</summary>
    public string? SaveAs { get; init; }

    /// <summary>Whether to overwrite that file, and to go on where memory is short.</summary>
    public bool Force { get; init; }

    /// <summary>What to ask for.</summary>
    public HeapContent Content => Dump.Content;

    /// <summary>What events may take in the process, or null for the default.</summary>
    public int? BufferSizeMB { get; init; }

    /// <summary>Whether names are replaced by pseudonyms.</summary>
    public bool Redact { get; init; }

    /// <summary>In which way to take the snapshot of a process.</summary>
    public SnapshotWay Way { get; init; }

    /// <summary>The folder on a disk to keep the copy in; null for memory.</summary>
    public string? CopyFolder { get; init; }

    /// <summary>How a core dump or a copy is read.</summary>
    public required DumpOptions Dump { get; init; }

    /// <summary>How a copy is taken and read.</summary>
    public CopyOptions Copy => new() { Reading = Dump, Folder = CopyFolder };
}
