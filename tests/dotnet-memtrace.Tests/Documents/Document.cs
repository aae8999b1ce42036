using System.Text.RegularExpressions;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>A page of the documentation, as Markdown.</summary>
/// <param name="Name">Its path in the repository.</param>
/// <param name="Lines">Its text.</param>
internal sealed partial record Document(string Name, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";

    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = Memtrace.TestSupport.Repository.Root;

    /// <summary>All pages that users and contributors read.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        Read("README.md"),
        Read("CHANGELOG.md"),
        Read("CONTRIBUTING.md"),
        Read("src/dotnet-memtrace/PACKAGE.md"),
        .. Directory.GetFiles(Path.Combine(Repository, "docs"), "*.md").Order(StringComparer.Ordinal).Select(file => Read("docs/" + Path.GetFileName(file))),
    ];

    /// <summary>The lines of its code blocks, without output: blocks of a language other than <c>sh</c> show what a program prints.</summary>
    public IEnumerable<string> ShellLines => Blocks().Where(line => line.Language == "sh").Select(line => line.Text);

    /// <summary>The languages of its code blocks, one for each.</summary>
    public IEnumerable<string> Languages => Lines.Where(IsFence).Where((_, index) => index % 2 == 0).Select(line => line.TrimStart()[Fence.Length..]);

    /// <summary>Its lines outside of code blocks.</summary>
    public IEnumerable<string> Prose
    {
        get
        {
            var isCode = false;
            foreach (var line in Lines)
            {
                if (IsFence(line))
                    isCode = !isCode;
                else if (!isCode)
                    yield return line;
            }
        }
    }

    /// <summary>The text between backticks in its prose.</summary>
    public IEnumerable<string> CodeSpans => CodeSpan().Matches(string.Join('\n', Prose)).Select(match => match.Groups[1].Value.Replace('\n', ' '));

    /// <summary>The targets of its links.</summary>
    public IEnumerable<string> Links => Link().Matches(string.Join('\n', Prose)).Select(match => match.Groups[1].Value);

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors =>
        Prose.Where(line => line.StartsWith('#')).Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Reads a page.</summary>
    /// <param name="name">Its path in the repository.</param>
    public static Document Read(string name) => new(name, File.ReadAllLines(Path.Combine(Repository, name)));

    /// <inheritdoc />
    public override string ToString() => Name;

    private IEnumerable<(string Language, string Text)> Blocks()
    {
        string? language = null;
        foreach (var line in Lines)
        {
            if (IsFence(line))
                language = language is null ? line.TrimStart()[Fence.Length..] : null;
            else if (language is not null)
                yield return (language, line);
        }
    }

    private static bool IsFence(string line) => line.TrimStart().StartsWith(Fence, StringComparison.Ordinal);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex NotInAnchor();
}
