using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>
/// Runs the tool itself in a child process that reads memory into a snapshot with the runtime's own library: a crash in that library does not harm this
/// process.
/// </summary>
/// <param name="verb">The hidden verb that reads.</param>
/// <param name="source">What it reads.</param>
/// <param name="options">How.</param>
internal sealed class ReadingChild(string verb, string source, DumpOptions options)
{
    /// <summary>The most characters of its errors that are kept.</summary>
    private const int MostWords = 4000;

    /// <summary>More options of the verb.</summary>
    public IReadOnlyList<string> MoreOptions { get; init; } = [];

    /// <summary>The tool's own file.</summary>
    public string? Tool { get; init; } = Environment.ProcessPath;

    /// <summary>Reads it; once more, cautiously, if that crashes.</summary>
    /// <param name="cancellation">Ends the child.</param>
    /// <exception cref="HeapSnapshotException">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Read(CancellationToken cancellation)
    {
        var attempt = Attempt(cancellation);
        if (attempt.HasCrashed && !options.IsCautious)
            attempt = Attempt(cancellation, ReadingVerb.CautiousName);
        return attempt.Snapshot ?? throw new HeapSnapshotException(MessageOf(attempt));
    }

    private Outcome Attempt(CancellationToken cancellation, params string[] more)
    {
        using var child = Start(Command(more));
        using var kill = cancellation.Register(child.Kill);
        var words = new StringBuilder();
        child.ErrorDataReceived += (_, line) => Add(line.Data, words);
        child.BeginErrorReadLine();
        var snapshot = TryRead(child.StandardOutput.BaseStream);

        // Also waits for the last line of its errors.
        child.WaitForExit();
        if (snapshot is not null && child.ExitCode == ExitCode.Ok)
            return new Outcome(snapshot, ExitCode.Ok, "");
        snapshot?.Dispose();
        cancellation.ThrowIfCancellationRequested();
        return new Outcome(null, child.ExitCode, words.ToString().TrimEnd());
    }

    private static void Add(string? line, StringBuilder words)
    {
        if (line is not null && words.Length < MostWords)
            words.Append(line.AsSpan(0, Math.Min(line.Length, MostWords - words.Length))).Append('\n');
    }

    private static Process Start(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command)!;
        }
        catch (Win32Exception e)
        {
            throw new HeapSnapshotException($"The process that reads memory did not start: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static HeapSnapshot? TryRead(Stream output)
    {
        try
        {
            return SnapshotTransfer.Read(output);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string MessageOf(Outcome outcome) => outcome is { ExitCode: ExitCode.TracingError, Words: { Length: > 0 } words }
        ? words
        : $"The process that read the memory ended with {outcome.ExitCode}: what it read is damaged, or the runtime's library does not fit.";

    private ProcessStartInfo Command(string[] more)
    {
        var tool = Tool ?? throw new HeapSnapshotException("The tool's own file is not known.");

        // The child ends when its input does.
        var start = new ProcessStartInfo(tool) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };

        // Without its own file, the tool is a library that dotnet runs.
        if (Path.GetFileNameWithoutExtension(tool) == "dotnet")
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        foreach (var argument in Arguments().Concat(more))
            start.ArgumentList.Add(argument);
        return start;
    }

    private IEnumerable<string> Arguments() =>
    [
        verb,
        source,
        .. options.Library is { } library ? (string[])["--dac", Path.GetFullPath(library)] : [],
        .. options.WithValues ? (string[])[] : ["--no-values"],
        .. options.Content == HeapContent.Histogram ? (string[])["--no-references"] : [],
        .. MoreOptions,
    ];

    /// <summary>How a child ended.</summary>
    /// <param name="Snapshot">What it read; null if it failed.</param>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Words">Its errors.</param>
    private sealed record Outcome(HeapSnapshot? Snapshot, int ExitCode, string Words)
    {
        private const int Signal = 128;
        private const int Kill = 9;

        /// <summary>Whether a signal ended it that it caused itself. A lack of memory kills it.</summary>
        public bool HasCrashed => ExitCode > Signal && ExitCode != Signal + Kill;
    }
}
