using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Arguments;

/// <summary>The options about where a report goes to and in which form, and about the recordings that it is made from.</summary>
internal static class OutputOptions
{
    /// <summary>The form.</summary>
    public static Option<ReportFormat> Format { get; } = FormatOption(
        "text (default), json (all there is in one document) or csv (the view as a table).", ReportFormat.Text, ReportFormat.Json, ReportFormat.Csv);

    /// <summary>The form of what can be a page, too.</summary>
    public static Option<ReportFormat> FormatOrPage { get; } = FormatOption(
        "text (default), json (all there is in one document), csv (the view as a table) or html (a page with a flame graph, see docs/page.md).",
        Enum.GetValues<ReportFormat>());

    /// <summary>Lines are filled to their width: more would cost memory and show nothing.</summary>
    private const int MaximumWidth = 10_000;

    /// <summary>The width of text.</summary>
    public static Option<int?> Width { get; } = OptionFactory.Number(
        "--width", "Columns of a line of text, 10000 at most. Default: the terminal's, or 120.", ReportConsole.MinimumWidth, MaximumWidth);

    /// <summary>The file.</summary>
    public static Option<string?> Output { get; } = new("--output", "-o")
    {
        Description = "Write to this file instead of the standard output (-).",
        HelpName = "FILE",
    };

    /// <summary>Whether a file may be there already.</summary>
    public static Option<bool> Force { get; } = new("--force")
    {
        Description = "Overwrite the file if there is one.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>Whether names and paths are replaced.</summary>
    public static Option<bool> Redact { get; } = new("--redact")
    {
        Description = "Replace names outside of System.* and Microsoft.*, paths and the command line by pseudonyms such as N1.T2.M3.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    public static ReportOutput Of(ParseResult parsed) =>
        new(FormatOf(parsed), parsed.GetValue(Output) is not StandardOutput.Name and var file ? file : null, parsed.GetValue(Force), parsed.GetValue(Width));

    /// <summary>What does not go together, or null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="view">The option that chooses a part of the report.</param>
    /// <param name="recordings">The recordings to be read.</param>
    public static string? Conflict(ParseResult parsed, Option view, IEnumerable<string> recordings)
    {
        if (FormatOf(parsed) is ReportFormat.Json or ReportFormat.Html && parsed.GetResult(view) is not null)
            return $"--view does not go with --format {Name(FormatOf(parsed))}, which holds all views.";
        return Conflict(parsed.GetValue(Output), recordings);
    }

    /// <summary>Why a file cannot be the output, or null.</summary>
    /// <param name="output">The file, or null for none.</param>
    /// <param name="recordings">The recordings to be read.</param>
    public static string? Conflict(string? output, IEnumerable<string> recordings) => output switch
    {
        null => null,
        "" => "--output names no file.",
        _ when recordings.Any(file => SamePath(file, output)) => $"--output '{output}' is a recording to be read.",
        _ => null,
    };

    /// <summary>Refuses names of recordings that are none: all that is not an option is taken for a file, and so is an option that does not exist.</summary>
    /// <param name="result">The argument.</param>
    public static void RequireFiles(ArgumentResult result)
    {
        foreach (var option in result.Tokens.Select(token => token.Value).Where(value => value is ['-', _, ..]))
            result.AddError($"There is no option '{option}' (a file of that name is './{option}').");
        if (result.Tokens.Any(token => token.Value.Length == 0))
            result.AddError($"A {result.Argument.Name} has no name.");
    }

    private static ReportFormat FormatOf(ParseResult parsed) =>
        parsed.GetResult(FormatOrPage) is null ? parsed.GetValue(Format) : parsed.GetValue(FormatOrPage);

    private static Option<ReportFormat> FormatOption(string description, params ReportFormat[] formats) =>
        OptionFactory.Choice("--format", description, formats, Name);

    private static string Name(ReportFormat format) => Enum.GetName(format)!.ToLowerInvariant();

    private static bool SamePath(string left, string right) =>
        string.Equals(Path.GetFullPath(left), Path.GetFullPath(right), StringComparison.Ordinal);
}
