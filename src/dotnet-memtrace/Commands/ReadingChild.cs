using System.Diagnostics;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Reading;

namespace Memtrace.Tool.Commands;

/// <summary>
/// The tool itself in a child process, which reads memory with the runtime's own library into a snapshot: what that library does to it, does not harm this one.
/// </summary>
/// <param name="verb">The hidden verb that reads.</param>
/// <param name="source">What it reads.</param>
/// <param name="options">How.</param>
internal sealed class ReadingChild(string verb, string source, DumpOptions options)
{
    private const int MostWords = 4000;

    /// <summary>More options of the verb.</summary>
    public IReadOnlyList<string> MoreOptions { get; init; } = [];

    /// <summary>Reads it.</summary>
    /// <param name="cancellation">Ends the child.</param>
    /// <exception cref="HeapSnapshotException">It cannot be read.</exception>
    /// <exception cref="IOException">There is no room for the snapshot.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Read(CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder();
        var snapshot = folder.File("heap" + SnapshotFile.Extension);
        Run(snapshot, cancellation);
        return HeapFileSource.Read(snapshot, new HeapProgress(), cancellation);
    }

    private void Run(string snapshot, CancellationToken cancellation)
    {
        using var child = Process.Start(Command(snapshot)) ?? throw new HeapSnapshotException("The process that reads memory did not start.");
        using var kill = cancellation.Register(child.Kill);
        var words = child.StandardError.ReadToEnd();
        child.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (child.ExitCode == ExitCode.Ok)
            return;
        throw new HeapSnapshotException(child.ExitCode == ExitCode.TracingError && words.Length > 0
            ? words[..Math.Min(words.Length, MostWords)]
            : $"The process that read the memory ended with {child.ExitCode}: what it read is damaged, or the runtime's library does not fit.");
    }

    private ProcessStartInfo Command(string snapshot)
    {
        var tool = Environment.ProcessPath ?? throw new HeapSnapshotException("The tool's own file is not known.");

        // The child ends when its input does.
        var start = new ProcessStartInfo(tool) { RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };

        // Without its own file, the tool is a library that dotnet runs.
        if (Path.GetFileNameWithoutExtension(tool) == "dotnet")
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        foreach (var argument in Arguments(snapshot))
            start.ArgumentList.Add(argument);
        return start;
    }

    private IEnumerable<string> Arguments(string snapshot) =>
    [
        verb,
        source,
        snapshot,
        .. options.Library is { } library ? (string[])["--dac", Path.GetFullPath(library)] : [],
        .. options.WithValues ? (string[])[] : ["--no-values"],
        .. MoreOptions,
    ];
}
