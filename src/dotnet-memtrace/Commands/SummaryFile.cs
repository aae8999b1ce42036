using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary>A file for the results of a <c>check</c>: JUnit tests, written whole, or Markdown, appended, as <c>$GITHUB_STEP_SUMMARY</c> requires.</summary>
/// <param name="path">Its path.</param>
/// <param name="overwrite">Whether JUnit tests may overwrite an existing file.</param>
internal sealed class SummaryFile(string path, bool overwrite)
{
    private const string JUnit = ".xml";

    /// <summary>How much of a file shows that it is no text.</summary>
    private const int BeginningSize = 4096;

    /// <summary>Names of Markdown files; that of <c>$GITHUB_STEP_SUMMARY</c> has no extension.</summary>
    private static readonly string[] Markdown = [".md", ".markdown", ".txt", ""];

    private bool IsJUnit => HasExtension(JUnit);

    // Another opening of /dev/stdout has a position of its own: where that is a file, the program and the summary would overwrite each other.
    private bool IsStandardOutput => path is StandardOutput.Name or "/dev/stdout";

    /// <summary>Rejects a file that cannot be written, or that is of another kind, before there is any work for nothing.</summary>
    /// <exception cref="CommandException">It is one of these.</exception>
    public void RequireWritable()
    {
        if (IsStandardOutput)
            return;
        if (!IsJUnit && !Markdown.Any(HasExtension))
            throw new CommandException(ExitCode.TracingError, $"{path} is not a summary: its name must end with {JUnit} (JUnit) or .md (Markdown), or have no extension.");
        if (IsJUnit)
            OutputFile.RequireFree(path, overwrite);
        else
            RequireText();
    }

    /// <summary>Writes the results.</summary>
    /// <param name="lines">The results.</param>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public void Write(ImmutableArray<CheckLine> lines) => OutputFile.Try(path, () =>
    {
        if (IsJUnit)
            OutputFile.Write(path, overwrite, stream => WriteJUnit(stream, lines));
        else
            AppendMarkdown(lines);
    });

    private static void WriteJUnit(Stream stream, ImmutableArray<CheckLine> lines)
    {
        using var xml = new StreamWriter(stream, leaveOpen: true);
        CheckSummary.WriteJUnit(xml, lines);
    }

    private void AppendMarkdown(ImmutableArray<CheckLine> lines)
    {
        using var markdown = IsStandardOutput ? new StreamWriter(StandardOutput.Open()) : new StreamWriter(path, append: true);
        CheckSummary.WriteMarkdown(markdown, lines);
    }

    private void RequireText()
    {
        OutputFile.RequireAppendable(path);
        if (File.Exists(path) && !OutputFile.IsDevice(path) && FileKinds.Of(path) != FileKind.Special && OutputFile.Try(path, IsBinary))
            throw new CommandException(ExitCode.TracingError, $"{path} is not a summary: it contains binary data, to which no Markdown can be appended.");
    }

    private bool IsBinary()
    {
        using var file = InputFile.Open(path, bufferSize: 0);
        var beginning = new byte[BeginningSize];
        return beginning.AsSpan(0, file.ReadAtLeast(beginning, BeginningSize, throwOnEndOfStream: false)).Contains((byte)0);
    }

    private bool HasExtension(string extension) => Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);
}
