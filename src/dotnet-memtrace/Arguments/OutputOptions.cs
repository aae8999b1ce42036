using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Arguments;

/// <summary>The options for the output of a report, its format, and the recordings it is made from.</summary>
internal static class OutputOptions
{
    /// <summary>The format.</summary>
    public static Option<ReportFormat> Format { get; } = FormatOption(
        "text (default), json (everything in one document) or csv (the view as a table).", ReportFormat.Text, ReportFormat.Json, ReportFormat.Csv);

    /// <summary>The format of reports that can also be a page.</summary>
    public static Option<ReportFormat> FormatOrPage { get; } = FormatOption(
        "text (default), json (everything in one document), csv (the view as a table) or html (a page with a flame graph, see docs/page.md).",
        Enum.GetValues<ReportFormat>());

    /// <summary>Lines are padded to their width: more would only cost memory.</summary>
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
        Description = "Overwrite an existing file.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>Whether text longer than the screen is not shown by a pager.</summary>
    public static Option<bool> NoPager { get; } = new("--no-pager")
    {
        Description = $"Do not show text that is longer than the terminal with ${Pager.Variable}.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>Whether names and paths are replaced.</summary>
    public static Option<bool> Redact { get; } = new("--redact")
    {
        Description = "Replace names outside System.* and Microsoft.*, paths and the command line by pseudonyms such as N1.T2.M3.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The output that a command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    public static ReportOutput Of(ParseResult parsed) =>
        new(FormatOf(parsed), parsed.GetValue(Output) is not StandardOutput.Name and var file ? file : null, parsed.GetValue(Force), parsed.GetValue(Width))
        {
            Pager = parsed.GetValue(NoPager) ? null : Pager.FromEnvironment(),
        };

    /// <summary>Why the options cannot be combined, or null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="view">The option that chooses a part of the report.</param>
    /// <param name="recordings">The recordings to be read.</param>
    public static string? Conflict(ParseResult parsed, Option view, IEnumerable<string> recordings)
    {
        if (FormatOf(parsed) is ReportFormat.Json or ReportFormat.Html && parsed.GetResult(view) is not null)
            return $"--view cannot be combined with --format {Name(FormatOf(parsed))}, which includes all views.";
        return Conflict(parsed.GetValue(Output), recordings);
    }

    /// <summary>Why a file cannot be the output, or null.</summary>
    /// <param name="output">The file, or null for none.</param>
    /// <param name="recordings">The recordings to be read.</param>
    public static string? Conflict(string? output, IEnumerable<string> recordings) => output switch
    {
        null => null,
        "" => "--output is empty.",
        _ when recordings.Any(file => SamePath(file, output)) => $"--output '{output}' is one of the recordings to read.",
        _ => null,
    };

    /// <summary>Rejects unrecognized options, which the parser takes for names of recordings.</summary>
    /// <param name="result">The argument.</param>
    public static void RequireFiles(ArgumentResult result)
    {
        foreach (var option in result.Tokens.Select(token => token.Value).Where(value => value is ['-', _, ..]))
            result.AddError($"Unrecognized option '{option}'. For a file of that name, use './{option}'.");
        if (result.Tokens.Any(token => token.Value.Length == 0))
            result.AddError($"{result.Argument.Name} is empty.");
    }

    private static ReportFormat FormatOf(ParseResult parsed) =>
        parsed.GetResult(FormatOrPage) is null ? parsed.GetValue(Format) : parsed.GetValue(FormatOrPage);

    private static Option<ReportFormat> FormatOption(string description, params ReportFormat[] formats) =>
        OptionFactory.Choice("--format", description, formats, Name);

    private static string Name(ReportFormat format) => Enum.GetName(format)!.ToLowerInvariant();

    private static bool SamePath(string left, string right) =>
        string.Equals(Path.GetFullPath(left), Path.GetFullPath(right), StringComparison.Ordinal);
}
