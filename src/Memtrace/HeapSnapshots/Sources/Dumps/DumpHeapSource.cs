using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>How a dump is read.</summary>
internal sealed record DumpOptions
{
    /// <summary>The runtime's libmscordaccore.so, or its folder; null to search for it.</summary>
    public string? Library { get; init; }

    /// <summary>Whether the characters of strings and the messages of exceptions are wanted.</summary>
    public bool WithValues { get; init; } = true;
}

/// <summary>
/// Reads the heap of a process from its memory: a core dump of Linux. What reads it is a library of the runtime's own build, which is loaded into this process
/// (<see cref="DataAccess"/>); a program that must outlive a faulty one does this in a child process.
/// </summary>
internal static class DumpHeapSource
{
    /// <summary>Whether a file is a dump, by its first bytes.</summary>
    /// <param name="beginning">They: 18 suffice.</param>
    public static bool IsOne(ReadOnlySpan<byte> beginning) => ElfNotes.IsCoreFile(beginning);

    /// <summary>Reads a dump.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is kept up to date.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HeapSnapshotException">It holds no heap, or one that cannot be read here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HeapSnapshot Read(string file, DumpOptions options, HeapProgress progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        progress.Restart(HeapPhase.Building);
        var core = Check(file);
        try
        {
            using var target = DataTarget.LoadDump(file, new DataTargetOptions { SymbolPaths = [], FileLocator = new LocalFiles(), UseLockFreeMemoryMapReader = true });
            var info = ChooseRuntime(target);
            using var runtime = info.CreateRuntime(new DataAccess(info, file).Find(options.Library), ignoreMismatch: true);
            if (!HasHeap(runtime))
                throw new HeapSnapshotException("The dump does not contain the heap. Take one of the type Heap or Full (DOTNET_DbgMiniDumpType=2 or 4).");
            using var memory = new CoreMemory(file, core.Segments);
            using var reader = new DumpHeapReader(runtime, memory, options.WithValues, progress);
            return reader.Read(Facts(core, info, runtime), cancellation);
        }
        catch (Exception e) when (e is ClrDiagnosticsException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            throw new HeapSnapshotException($"The dump cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    // Smaller kinds of dumps have some pages of the heap: those that stacks and exceptions refer to.
    private static bool HasHeap(ClrRuntime runtime)
    {
        var used = runtime.Heap.Segments.Where(segment => segment.ObjectRange.Length > 0).ToList();
        return runtime.Heap.CanWalkHeap && used.Count > 0 && used.TrueForAll(segment => runtime.DataTarget.DataReader.ReadPointer(segment.FirstObjectAddress) != 0);
    }

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

    private static HeapSnapshotFacts Facts(ElfNotes core, ClrInfo info, ClrRuntime runtime) => new(
        new ProcessDescription(
            core.Process?.Id ?? runtime.DataTarget.DataReader.ProcessId,
            NameOf(runtime) ?? core.Process?.Name,
            core.Process?.CommandLine,
            VersionOf(info),
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            "Linux",
            0,
            runtime.Heap.IsServer,
            null),
        HeapSnapshotSource.Dump,
        null);

    /// <summary>The application: the first assembly that is none of the framework's.</summary>
    private static string? NameOf(ClrRuntime runtime) => runtime.EnumerateModules()
        .Select(module => module.Name)
        .Where(name => !string.IsNullOrEmpty(name) && !name.Contains("/Microsoft.NETCore.App/", StringComparison.Ordinal) && !name.EndsWith("/System.Private.CoreLib.dll", StringComparison.Ordinal))
        .Select(Path.GetFileNameWithoutExtension)
        .FirstOrDefault();

    /// <summary>The version that the folder of a shared framework is named by; the dump itself does not say.</summary>
    private static string? VersionOf(ClrInfo info) =>
        Path.GetFileName(Path.GetDirectoryName(info.ModuleInfo.FileName)) is { } folder && Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
}
