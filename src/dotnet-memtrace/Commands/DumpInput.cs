using System.Diagnostics;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Reading;

namespace Memtrace.Tool.Commands;

/// <summary>Reads core dumps, by a child process (<see cref="ReadDumpCommand"/>).</summary>
/// <param name="dump">The dump.</param>
/// <param name="options">How.</param>
internal sealed class DumpInput(string dump, DumpOptions options)
{
    private const int MostWords = 4000;

    /// <summary>Reads it.</summary>
    /// <param name="cancellation">Ends the child.</param>
    /// <exception cref="HeapSnapshotException">It holds no heap, or one that cannot be read here.</exception>
    /// <exception cref="IOException">There is no room for the snapshot.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Read(CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder();
        var snapshot = folder.File("heap" + SnapshotFile.Extension);
        ReadByChild(snapshot, cancellation);
        return HeapFileSource.Read(snapshot, new HeapProgress(), cancellation);
    }

    private void ReadByChild(string snapshot, CancellationToken cancellation)
    {
        using var child = Process.Start(Command(snapshot)) ?? throw new HeapSnapshotException("The process that reads dumps did not start.");
        using var kill = cancellation.Register(child.Kill);
        var words = child.StandardError.ReadToEnd();
        child.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (child.ExitCode == ExitCode.Ok)
            return;
        throw new HeapSnapshotException(child.ExitCode == ExitCode.TracingError && words.Length > 0
            ? words[..Math.Min(words.Length, MostWords)]
            : $"The process that read the dump ended with {child.ExitCode}: the dump is damaged, or the runtime's library does not fit.");
    }

    private ProcessStartInfo Command(string snapshot)
    {
        var tool = Environment.ProcessPath ?? throw new HeapSnapshotException("The tool's own file is not known.");
        var start = new ProcessStartInfo(tool) { RedirectStandardError = true, UseShellExecute = false };

        // Without its own file, the tool is a library that dotnet runs.
        if (Path.GetFileNameWithoutExtension(tool) == "dotnet")
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        start.ArgumentList.Add(ReadDumpCommand.Name);
        start.ArgumentList.Add(Path.GetFullPath(dump));
        start.ArgumentList.Add(snapshot);
        if (options.Library is { } library)
        {
            start.ArgumentList.Add("--dac");
            start.ArgumentList.Add(Path.GetFullPath(library));
        }

        if (!options.WithValues)
            start.ArgumentList.Add("--no-values");

        return start;
    }
}
