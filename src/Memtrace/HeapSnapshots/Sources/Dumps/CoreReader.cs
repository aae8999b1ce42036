using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>An open core: a dump's file, or a copy of a running process's memory in the same form. The constructor throws if it cannot be read.</summary>
internal sealed class CoreReader : IDisposable
{
    /// <summary>As many segments as a core can have, and as many mappings as a process has in practice: the library's own limits are lower.</summary>
    private static readonly DataTargetLimits Limits = new() { MaxElfProgramHeaders = ushort.MaxValue, MaxElfFileTableEntries = 1 << 20 };

    private readonly ElfNotes _core;
    private readonly DumpOptions _options;
    private readonly DataTarget _target;
    private readonly ClrInfo _info;
    private readonly ClrRuntime _runtime;
    private readonly CoreMemory _memory;

    /// <summary>Opens it, and loads the library of its runtime.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="copy">What belongs to a copy; null for a dump.</param>
    /// <exception cref="HeapSnapshotException">It is not the dump of a .NET process, or cannot be read here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public CoreReader(string file, DumpOptions options, CopyDetails? copy = null)
    {
        (_core, _options) = (Check(file), options);
        try
        {
            _memory = new CoreMemory(file, _core.Segments, copy);
            _target = Open(file, copy);
            _info = _target.ClrVersions.IsEmpty && _core.LacksFiles ? throw WithoutFiles(null) : RuntimeInMemory.Of(_target);
            _runtime = _info.CreateRuntime(new DataAccess(_info, file).Find(options.Library), ignoreMismatch: true);
        }
        catch (Exception e) when (IsDamage(e))
        {
            _target?.Dispose();
            _memory?.Dispose();
            throw _core.LacksFiles ? WithoutFiles(e) : Unreadable(e);
        }
        catch
        {
            _target?.Dispose();
            _memory?.Dispose();
            throw;
        }
    }

    /// <summary>Whether its heap was consistent at that moment, that is, not in the middle of a collection.</summary>
    public bool CanBeWalked => _runtime.Heap.CanWalkHeap;

    /// <summary>Whether it has the heap. Smaller kinds of dumps have some pages of it: those that stacks and exceptions refer to.</summary>
    public bool HasHeap => _runtime.Heap.Segments.Where(segment => segment.ObjectRange.Length > 0).ToList() is { Count: > 0 } used
        && used.TrueForAll(segment => !_memory.WordsFrom(segment.FirstObjectAddress).IsEmpty);

    /// <summary>How much of the heap could not be read as objects when it was read, in bytes.</summary>
    public long UnreadBytes { get; private set; }

    /// <summary>Reads the heap.</summary>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="HeapSnapshotException">It is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Read(HeapProgress progress, CancellationToken cancellation)
    {
        try
        {
            using var reader = ReaderOf(progress);
            var snapshot = reader.Read(Facts(), cancellation);
            UnreadBytes = reader.UnreadBytes;
            return snapshot;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runtime.Dispose();
        _target.Dispose();
        _memory.Dispose();
    }

    private DataTarget Open(string file, CopyDetails? copy)
    {
        var options = new DataTargetOptions { SymbolPaths = [], FileLocator = new LocalFiles(), UseLockFreeMemoryMapReader = true, Limits = Limits };
        return copy is null ? DataTarget.LoadDump(file, options) : new DataTarget(new CopyDataReader(DataTarget.LoadDump(file, options), _memory), options);
    }

    private IHeapReader ReaderOf(HeapProgress progress) =>
        _options.Content == HeapContent.Histogram ? new HistogramReader(_runtime, _memory) : new DumpHeapReader(_runtime, _memory, _options, progress);

    /// <summary>Whether an exception means that the memory or the library that reads it is damaged, and not that a file cannot be read.</summary>
    /// <param name="e">The exception.</param>
    internal static bool IsDamage(Exception e) => e is ClrDiagnosticsException or InvalidDataException or BadImageFormatException or ArgumentException or InvalidOperationException;

    private static HeapSnapshotException Unreadable(Exception e) => new($"The dump cannot be read: {e.Message.TrimEnd('.')}.", e);

    private static HeapSnapshotException WithoutFiles(Exception? cause) => new(
        "The kernel wrote the core without the memory of mapped files, and the runtime cannot be read without it. Run 'echo 0x3f > /proc/self/coredump_filter' in the shell that starts the program, "
        + "or have the runtime write the dump (DOTNET_DbgEnableMiniDump=1).",
        cause);

    private static ElfNotes Check(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (ElfNotes.Read(stream) is not { IsCore: true } core)
        {
            throw new HeapSnapshotException(stream.Length < ElfNotes.HeaderSize
                ? "The dump is cut off within its header. Was the disk full, or is there a limit on the size of cores (ulimit -c)?"
                : "The dump is not of a 64-bit little-endian process: this tool cannot read it.");
        }

        if (core.PromisedLength > stream.Length)
            throw new HeapSnapshotException($"The dump is cut off: it has {stream.Length:#,0} of {core.PromisedLength:#,0} bytes. Was the disk full, or is there a limit on the size of cores (ulimit -c)?");
        if (core.Architecture != RuntimeInformation.ProcessArchitecture)
            throw new HeapSnapshotException($"The dump is of a process for {core.Architecture?.ToString() ?? "another processor"}; read it on such a machine, since that needs the runtime's own library.");
        return core;
    }

    private HeapSnapshotFacts Facts() => new(
        new ProcessDescription(
            _core.Process?.Id ?? _target.DataReader.ProcessId,
            NameOf(_info, _runtime) ?? _core.Process?.Name,
            _core.Process?.CommandLine,
            VersionOf(_info),
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            "Linux",
            0,
            _runtime.Heap.IsServer,
            null),
        HeapSnapshotSource.Dump,
        null);

    /// <summary>The application: its file if it is a single-file program, otherwise the first assembly that is not the framework's.</summary>
    private static string? NameOf(ClrInfo info, ClrRuntime runtime) => info.IsSingleFile ? Path.GetFileName(info.ModuleInfo.FileName) : runtime.EnumerateModules()
        .Select(module => module.Name)
        .Where(name => !string.IsNullOrEmpty(name) && !name.Contains("/Microsoft.NETCore.App/", StringComparison.Ordinal) && !name.EndsWith("/System.Private.CoreLib.dll", StringComparison.Ordinal))
        .Select(Path.GetFileNameWithoutExtension)
        .FirstOrDefault();

    /// <summary>The version in the name of the shared framework's folder; the dump itself does not contain it.</summary>
    private static string? VersionOf(ClrInfo info) =>
        Path.GetFileName(Path.GetDirectoryName(info.ModuleInfo.FileName)) is { } folder && Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
}
