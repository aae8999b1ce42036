using System.Text;
using Memtrace.Exporting;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;
using Spectre.Console;

namespace Memtrace.Tool.Commands;

/// <summary>The format of a report.</summary>
internal enum ReportFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>Everything, in one document.</summary>
    Json,

    /// <summary>A view as a table.</summary>
    Csv,

    /// <summary>A page for a browser.</summary>
    Html,
}

/// <summary>Where a report is written.</summary>
/// <param name="Format">Its format.</param>
/// <param name="File">The file, or null for the standard output.</param>
/// <param name="Overwrite">Whether to overwrite an existing file.</param>
/// <param name="Width">The width of text, or null for the output's.</param>
internal sealed record ReportOutput(ReportFormat Format, string? File, bool Overwrite, int? Width)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Shows text that is longer than the terminal; null for none.</summary>
    public Pager? Pager { get; init; }

    /// <summary>Rejects a file that cannot be written, before there is anything to write.</summary>
    /// <exception cref="CommandException">There is such a file, or a folder of that name.</exception>
    public void RequireFree()
    {
        if (File is not null)
            OutputFile.RequireFree(File, Overwrite);
    }

    /// <summary>Writes a report in the requested format.</summary>
    /// <param name="text">Writes it for people.</param>
    /// <param name="json">Writes it as a document.</param>
    /// <param name="csv">Writes it as a table.</param>
    /// <param name="html">Writes it as a page; null if there is none.</param>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void Write(Action<IAnsiConsole> text, Action<Stream> json, Action<TextWriter> csv, Action<Stream>? html = null)
    {
        if (File is not null)
            OutputFile.Try(File, () => OutputFile.Write(File, Overwrite, Writer(text, json, csv, html)));
        else if (Format == ReportFormat.Text)
            WriteToScreen(text);
        else
            WriteToStandardOutput(Writer(text, json, csv, html));
    }

    private Action<Stream> Writer(Action<IAnsiConsole> text, Action<Stream> json, Action<TextWriter> csv, Action<Stream>? html) => Format switch
    {
        ReportFormat.Json => Document(json),
        ReportFormat.Html when html is not null => Document(html),
        ReportFormat.Csv => Lines(csv),
        _ => Lines(lines => text(ReportConsole.Plain(lines, Width))),
    };

    private static Action<Stream> Document(Action<Stream> write) => stream =>
    {
        write(stream);
        stream.Write("\n"u8);
    };

    private static Action<Stream> Lines(Action<TextWriter> write) => stream =>
    {
        using var writer = new StreamWriter(stream, Utf8, leaveOpen: true);
        write(writer);
    };

    private void WriteToScreen(Action<IAnsiConsole> text)
    {
        if (Pager is null || Console.IsOutputRedirected)
        {
            text(ReportConsole.StandardOutput(Width));
            return;
        }

        using var writer = new StringWriter { NewLine = "\n" };
        text(ReportConsole.ForPager(writer, Width));
        var report = writer.ToString();
        if (report.Count('\n') < Console.WindowHeight || !Pager.TryShow(report))
            Console.Out.Write(report);
    }

    private static void WriteToStandardOutput(Action<Stream> write)
    {
        using var stream = Console.OpenStandardOutput();
        write(stream);
    }
}
