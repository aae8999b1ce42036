using System.Text.RegularExpressions;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>Documents are true: what they show of the tool's command line, and what they link to.</summary>
public sealed partial class DocumentTests
{
    private const int WidestTable = 120;

    // Those of the repository that hold what a command may name.
    private static readonly string[] Folders = ["eng/", "./eng/", "src/", "tests/", ".ci/"];

    public static TheoryData<string, string> Commands { get; } = Rows(
        document => CommandInDocument.InShell(document.ShellLines).Select(arguments => string.Join(' ', arguments.Select(Quoted))));

    public static TheoryData<string> Pages { get; } = new(Document.All.Select(document => document.Name));

    // The list of changes may contain old names.
    public static TheoryData<string> PagesOfToday { get; } = new(Document.All.Select(document => document.Name).Where(name => name != "CHANGELOG.md"));

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_command_is_one_that_the_tool_accepts(string document, string command) =>
        Assert.True(CommandInDocument.Errors(ShellLine.Commands(command).First()) is [], $"{document}: {command}");

    [Theory]
    [MemberData(nameof(PagesOfToday))]
    public void Each_verb_and_option_in_running_text_is_one_of_the_tools(string name) =>
        Assert.Empty(Document.Read(name).CodeSpans.SelectMany(span => CommandInDocument.ErrorsOfSpan(span).Select(error => $"{span}: {error}")));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_code_block_says_what_it_holds(string name) => Assert.DoesNotContain("", Document.Read(name).Languages);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_link_has_a_target(string name)
    {
        var page = Document.Read(name);
        var broken = page.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)).Where(link => !Leads(page, link));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_row_of_a_table_fits_into_a_terminal(string name) =>
        Assert.All(Document.Read(name).Prose.Where(line => line.StartsWith('|')), row => Assert.InRange(row.Length, 1, WidestTable));

    [Fact]
    public void The_page_of_the_package_names_every_verb()
    {
        var shown = CommandInDocument.InShell(Document.Read("src/dotnet-memtrace/PACKAGE.md").ShellLines).Select(arguments => arguments[0]);

        Assert.Empty(CommandInDocument.VerbNames.Except(shown));
    }

    [Fact]
    public void The_page_of_questions_names_every_verb()
    {
        var shown = CommandInDocument.InShell(Document.Read("docs/which-verb.md").ShellLines).Select(arguments => arguments[0]);

        Assert.Empty(CommandInDocument.VerbNames.Except(shown));
    }

    [Fact]
    public void The_readme_links_to_every_page() =>
        Assert.Empty(Document.All.Select(page => page.Name).Where(page => page.StartsWith("docs/", StringComparison.Ordinal)).Except(Document.Read("README.md").Links));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_script_and_project_in_a_command_exists(string name)
    {
        var paths = Document.Read(name).ShellLines.SelectMany(ShellLine.Commands).SelectMany(words => words)
            .Where(word => Folders.Any(folder => word.StartsWith(folder, StringComparison.Ordinal)));

        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Document.Repository, path)), path));
    }

    [Fact]
    public void Errors_that_the_page_of_containers_explains_are_those_of_the_tool()
    {
        var library = Sources("src", "*.cs").Select(File.ReadAllText).ToList();
        var errors = Document.Read("docs/containers.md").Lines.SkipWhile(line => !line.StartsWith("## When it does not attach", StringComparison.Ordinal))
            .Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')[1].Trim().Replace(" user X", "", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.Contains(library, source => source.Contains(error, StringComparison.Ordinal)));
    }

    [Fact]
    public void Code_that_the_walks_name_exists()
    {
        string[] sources = [.. Sources("src", "*.cs*"), .. Sources("eng", "*.targets")];
        var names = Document.Read("CONTRIBUTING.md").CodeSpans.Where(span => CodeName().IsMatch(span)).ToList();

        Assert.Contains("Nettrace/BlockReader", names);
        Assert.All(names, name => Assert.True(IsCode(name, sources), name));
    }

    [Fact]
    public void The_demo_runs_a_command_that_the_tool_accepts()
    {
        var script = string.Join('\n', Document.Read("eng/demo.sh").Lines).Replace("\\\n", "", StringComparison.Ordinal);
        var words = script.Split('\n').SelectMany(ShellLine.Commands).Single(words => words.Any(IsTool)).ToList();

        Assert.Empty(CommandInDocument.Errors(words.Skip(words.FindIndex(IsTool) + 1)));

        static bool IsTool(string word) => word.EndsWith("/dotnet-memtrace.dll", StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_in_the_help_of_each_verb_are_commands_that_the_tool_accepts()
    {
        var examples = Verbs.RootFor([]).Subcommands.OfType<DocumentedCommand>()
            .SelectMany(verb => CommandInDocument.InShell(verb.Details.Split('\n').Where(line => line.StartsWith(' ')).Select(WithoutRemark)))
            .ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(CommandInDocument.Errors(example)));
    }

    private static TheoryData<string, string> Rows(Func<Document, IEnumerable<string>> commands)
    {
        var rows = new TheoryData<string, string>();
        foreach (var document in Document.All)
        {
            foreach (var command in commands(document).Distinct())
                rows.Add(document.Name, command);
        }

        return rows;
    }

    private static IEnumerable<string> Sources(string folder, string pattern) => Repository.Sources(Repository.PathOf(folder), pattern);

    private static string Quoted(string word) => word.Any(" '|&;<>#()".Contains) ? $"\"{word}\"" : word;

    // An example and what it does are two columns.
    private static string WithoutRemark(string line) => line.TrimStart().Split("  ")[0];

    // A folder, a file without its extension, or a word in a file, of a class or in any.
    private static bool IsCode(string name, string[] sources)
    {
        var (path, word) = name.Split('.') is [var type, var member] ? (type, member) : (name, name);
        var files = sources.Where(source => source.Replace('\\', '/').EndsWith($"/{path}.cs", StringComparison.Ordinal)).ToList();
        return sources.Any(source => source.Replace('\\', '/').Contains($"/{path}/", StringComparison.Ordinal))
            || (path == word ? files.Count > 0 || sources.Any(Has) : files.Any(Has));

        bool Has(string file) => File.ReadAllText(file).Contains(word, StringComparison.Ordinal);
    }

    // Rooms and types, but no single words, which are also members.
    [GeneratedRegex("^([A-Z][a-zA-Z]+/)*[A-Z][a-z]+([A-Z][a-z]+)+([.][A-Z][a-zA-Z]+)?$|^([A-Z][a-zA-Z]+/)+[A-Z][a-zA-Z]+$")]
    private static partial Regex CodeName();

    private static bool Leads(Document page, string link)
    {
        var (path, anchor) = link.Split('#') is [var file, var heading] ? (file, heading) : (link, null);
        var target = path.Length == 0 ? page.Name : Path.Combine(Path.GetDirectoryName(page.Name)!, path);
        return Path.Exists(Path.Combine(Document.Repository, target)) && (anchor is null || Document.Read(target).Anchors.Contains(anchor));
    }
}
