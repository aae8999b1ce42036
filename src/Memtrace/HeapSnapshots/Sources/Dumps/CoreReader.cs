using System.Runtime.InteropServices;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>An open core: a dump's file, or a copy of a running process's memory in the same form. What opens it, throws where it cannot be read.</summary>
internal sealed class CoreReader : IDisposable
{
    private readonly ElfNotes _core;
    private readonly DumpOptions _options;
    private readonly DataTarget _target;
    private readonly ClrInfo _info;
    private readonly ClrRuntime _runtime;
    private readonly CoreMemory _memory;

    /// <summary>Opens it, and loads the library of its runtime.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="HeapSnapshotException">It is none of a .NET process, or cannot be read here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public CoreReader(string file, DumpOptions options)
    {
        (_core, _options) = (Check(file), options);
        try
        {
            _target = DataTarget.LoadDump(file, new DataTargetOptions { SymbolPaths = [], FileLocator = new LocalFiles(), UseLockFreeMemoryMapReader = true });
            _info = ChooseRuntime(_target);
            _runtime = _info.CreateRuntime(new DataAccess(_info, file).Find(options.Library), ignoreMismatch: true);
            _memory = new CoreMemory(file, _core.Segments);
        }
        catch (Exception e) when (IsDamage(e))
        {
            _target?.Dispose();
            throw Unreadable(e);
        }
        catch
        {
            _target?.Dispose();
            throw;
        }
    }

    /// <summary>Whether its heap was in order at that moment: it is not in the middle of a collection.</summary>
    public bool CanBeWalked => _runtime.Heap.CanWalkHeap;

    /// <summary>Whether it has the heap. Smaller kinds of dumps have some pages of it: those that stacks and exceptions refer to.</summary>
    public bool HasHeap => _runtime.Heap.Segments.Where(segment => segment.ObjectRange.Length > 0).ToList() is { Count: > 0 } used
        && used.TrueForAll(segment => _runtime.DataTarget.DataReader.ReadPointer(segment.FirstObjectAddress) != 0);

    /// <summary>How much of the heap could not be read as objects when it was read, in bytes.</summary>
    public long UnreadBytes { get; private set; }

    /// <summary>Reads the heap.</summary>
    /// <param name="progress">Is kept up to date.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HeapSnapshotException">It is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Read(HeapProgress progress, CancellationToken cancellation)
    {
        try
        {
            using var reader = new DumpHeapReader(_runtime, _memory, _options.WithValues, progress);
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
        _memory.Dispose();
        _runtime.Dispose();
        _target.Dispose();
    }

    private static bool IsDamage(Exception e) => e is ClrDiagnosticsException or InvalidDataException or ArgumentException or InvalidOperationException;

    private static HeapSnapshotException Unreadable(Exception e) => new($"The dump cannot be read: {e.Message.TrimEnd('.')}.", e);

    private static ElfNotes Check(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (ElfNotes.Read(stream) is not { IsCore: true } core)
            throw new HeapSnapshotException("It is not a core dump.");
        if (core.PromisedLength > stream.Length)
            throw new HeapSnapshotException($"The dump is cut off: it has {stream.Length:#,0} of {core.PromisedLength:#,0} bytes. Was the disk full, or is there a limit on the size of cores (ulimit -c)?");
        if (core.Architecture != RuntimeInformation.ProcessArchitecture)
            throw new HeapSnapshotException($"The dump is of a process for {core.Architecture?.ToString() ?? "another processor"}; read it on such a machine, since that needs the runtime's own library.");
        return core;
    }

    private static ClrInfo ChooseRuntime(DataTarget target) => target.ClrVersions.FirstOrDefault()
        ?? throw new HeapSnapshotException("There is no .NET runtime in the dump, or none that can be read: programs that are compiled ahead of time (NativeAOT) cannot.");

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

    /// <summary>The application: its file, where that is all in one; else the first assembly that is none of the framework's.</summary>
    private static string? NameOf(ClrInfo info, ClrRuntime runtime) => info.IsSingleFile ? Path.GetFileName(info.ModuleInfo.FileName) : runtime.EnumerateModules()
        .Select(module => module.Name)
        .Where(name => !string.IsNullOrEmpty(name) && !name.Contains("/Microsoft.NETCore.App/", StringComparison.Ordinal) && !name.EndsWith("/System.Private.CoreLib.dll", StringComparison.Ordinal))
        .Select(Path.GetFileNameWithoutExtension)
        .FirstOrDefault();

    /// <summary>The version that the folder of a shared framework is named by; the dump itself does not say.</summary>
    private static string? VersionOf(ClrInfo info) =>
        Path.GetFileName(Path.GetDirectoryName(info.ModuleInfo.FileName)) is { } folder && Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
}
