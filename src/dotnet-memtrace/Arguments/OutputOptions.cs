using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Arguments;

/// <summary>The options that say where a report is written and in which format.</summary>
internal static class OutputOptions
{
    /// <summary>The format.</summary>
    public static Option<ReportFormat> Format { get; } = FormatOption(
        "text (default), json (everything in one document) or csv (the view as a table).", ReportFormat.Text, ReportFormat.Json, ReportFormat.Csv);

    /// <summary>The format of commands that can write a page as well.</summary>
    public static Option<ReportFormat> FormatOrPage { get; } = FormatOption(
        "text (default), json (everything in one document), csv (the view as a table) or html (a page with a flame graph).",
        Enum.GetValues<ReportFormat>());

    /// <summary>Lines are padded to their width, so a larger one only costs memory.</summary>
    private const int MaximumWidth = 10_000;

    /// <summary>The width of text output.</summary>
    public static Option<int?> Width { get; } = OptionFactory.Number(
        "--width", "The width of text output in columns, up to 10000. Default: the terminal's width, or 120.", ReportConsole.MinimumWidth, MaximumWidth);

    /// <summary>The file.</summary>
    public static Option<string?> Output { get; } = new("--output", "-o")
    {
        Description = "Write to this file instead of standard output (-).",
        HelpName = "FILE",
    };

    /// <summary>Whether an existing file may be overwritten.</summary>
    public static Option<bool> Force { get; } = new("--force")
    {
        Description = "Overwrite the file if it exists.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>Whether text longer than the screen is not shown by a pager.</summary>
    public static Option<bool> NoPager { get; } = new("--no-pager")
    {
        Description = $"Do not use ${Pager.Variable} for text that is longer than the terminal.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public static Option<bool> Redact { get; } = new("--redact")
    {
        Description = "Replace names (except System.* and Microsoft.*), paths and the command line with pseudonyms such as N1.T2.M3.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The output that a command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    public static ReportOutput Of(ParseResult parsed) =>
        new(FormatOf(parsed), parsed.GetValue(Output) is not StandardOutput.Name and var file ? file : null, parsed.GetValue(Force), parsed.GetValue(Width))
        {
            Pager = parsed.GetValue(NoPager) ? null : Pager.FromEnvironment(),
        };

    /// <summary>Which options contradict each other, or null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="view">The option that chooses a part of the report.</param>
    /// <param name="recordings">The input files.</param>
    public static string? Conflict(ParseResult parsed, Option view, IEnumerable<string> recordings)
    {
        if (FormatOf(parsed) is ReportFormat.Json or ReportFormat.Html && parsed.GetResult(view) is not null)
            return $"--view cannot be combined with --format {Name(FormatOf(parsed))}, which contains all views.";
        return Conflict(parsed.GetValue(Output), recordings);
    }

    /// <summary>Why a file cannot be the output, or null.</summary>
    /// <param name="output">The file, or null for none.</param>
    /// <param name="recordings">The input files.</param>
    public static string? Conflict(string? output, IEnumerable<string> recordings) => output switch
    {
        null => null,
        _ when IsOneOf(output, recordings) => $"--output '{output}' is one of the input files.",
        _ => null,
    };

    /// <summary>Whether a file is one of others.</summary>
    /// <param name="file">The file.</param>
    /// <param name="others">The others.</param>
    public static bool IsOneOf(string file, IEnumerable<string> others) => others.Any(other => SamePath(other, file));

    /// <summary>Rejects an unrecognized option, which the parser takes for a file.</summary>
    /// <param name="result">The argument.</param>
    public static void RequireFiles(ArgumentResult result)
    {
        foreach (var option in result.Tokens.Select(token => token.Value).Where(value => value is ['-', _, ..]))
            result.AddError($"{CommandLine.Unrecognized(option, (CommandResult)result.Parent!)} (If it is a file, write './{option}'.)");
    }

    private static ReportFormat FormatOf(ParseResult parsed) =>
        parsed.GetResult(FormatOrPage) is null ? parsed.GetValue(Format) : parsed.GetValue(FormatOrPage);

    private static Option<ReportFormat> FormatOption(string description, params ReportFormat[] formats) =>
        OptionFactory.Choice("--format", description, formats, Name);

    private static string Name(ReportFormat format) => Enum.GetName(format)!.ToLowerInvariant();

    private static bool SamePath(string left, string right) =>
        string.Equals(Path.GetFullPath(left), Path.GetFullPath(right), StringComparison.Ordinal);
}
