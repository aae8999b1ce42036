using System.Text;
using Memtrace.Exporting;
using Memtrace.Tool.Rendering;
using Spectre.Console;

namespace Memtrace.Tool.Commands;

/// <summary>The form of a report.</summary>
internal enum ReportFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>All there is, in one document.</summary>
    Json,

    /// <summary>A view as a table.</summary>
    Csv,

    /// <summary>A page for a browser.</summary>
    Html,
}

/// <summary>Where a report goes to.</summary>
/// <param name="Format">Its form.</param>
/// <param name="File">The file, or null for the standard output.</param>
/// <param name="Width">The width of text, or null for what suits the output.</param>
internal sealed record ReportOutput(ReportFormat Format, string? File, int? Width)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a report in the form that was asked for.</summary>
    /// <param name="text">Writes it for people.</param>
    /// <param name="json">Writes it as a document.</param>
    /// <param name="csv">Writes it as a table.</param>
    /// <param name="html">Writes it as a page; null where there is none.</param>
    /// <returns>Why it could not be written, or null.</returns>
    public string? Write(Action<IAnsiConsole> text, Action<Stream> json, Action<TextWriter> csv, Action<Stream>? html = null)
    {
        try
        {
            switch (Format)
            {
                case ReportFormat.Json:
                    WriteDocument(json);
                    break;
                case ReportFormat.Html when html is not null:
                    WriteDocument(html);
                    break;
                case ReportFormat.Csv:
                    WriteCsv(csv);
                    break;
                default:
                    WriteText(text);
                    break;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"cannot write {File ?? "the report"}: {error.Message}";
        }

        return null;
    }

    private void WriteText(Action<IAnsiConsole> write)
    {
        using var file = File is { } path ? new StreamWriter(path, append: false, Utf8) : null;
        write(file is null ? ReportConsole.StandardOutput(Width) : ReportConsole.Plain(file, Width));
    }

    private void WriteDocument(Action<Stream> write)
    {
        using var stream = Open();
        write(stream);
        stream.Write("\n"u8);
    }

    private void WriteCsv(Action<TextWriter> write)
    {
        using var writer = new StreamWriter(Open(), Utf8);
        write(writer);
    }

    private Stream Open() => File is { } path ? System.IO.File.Create(path) : Console.OpenStandardOutput();
}
