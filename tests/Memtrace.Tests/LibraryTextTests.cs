using System.Text.RegularExpressions;

namespace Memtrace.Tests;

/// <summary>The library serves other programs than the tool: its texts name no verb or option of a command line.</summary>
public sealed partial class LibraryTextTests
{
    /// <summary>Options of other programs, by the file that knows them.</summary>
    private static readonly string[] OfOthers = ["Processes/ApplicationName.cs"];

    [Fact]
    public void Texts_of_the_library_name_no_verb_or_option_of_the_tool()
    {
        var texts = Sources().SelectMany(source => TextsOf(File.ReadAllText(source.Path)).Select(text => $"{source.Name}: {text}")).ToList();

        Assert.Contains(texts, text => text.StartsWith("Exporting/Caveats.cs: The runtime dropped", StringComparison.Ordinal));
        Assert.DoesNotContain(texts, text => CommandLine().IsMatch(text));
    }

    [Theory]
    [InlineData("Find(\"add --live to it\")", true)]
    [InlineData("Find($\"{name}: see (where --maps)\")", true)]
    [InlineData("Find(\"Use 'dotnet-memtrace heap'.\")", true)]
    [InlineData("var x = \"\"\"\n    first\n    then --force\n    \"\"\";", true)]
    [InlineData("// \"--live\"", false)]
    [InlineData("value--; Find(\"values -- or less\")", false)]
    [InlineData("const string ToolName = \"dotnet-memtrace\";", false)]
    public void Command_lines_are_found_in_texts_only(string source, bool found) => Assert.Equal(found, TextsOf(source).Any(text => CommandLine().IsMatch(text)));

    private static IEnumerable<(string Path, string Name)> Sources()
    {
        var library = Repository.PathOf("src", "Memtrace");
        return from path in Repository.Sources(library, "*.*")
               where path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".js", StringComparison.Ordinal)
               let name = Path.GetRelativePath(library, path).Replace('\\', '/')
               where !OfOthers.Contains(name)
               select (path, name);
    }

    private static IEnumerable<string> TextsOf(string source) => Literal().Matches(source).Select(match => match.Groups["text"]).Where(text => text.Success).Select(text => text.Value);

    /// <summary>Comments, so that quotes in them do not count, characters, raw strings, and strings.</summary>
    [GeneratedRegex("""
        //[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])'|"{3}(?<text>.*?)"{3}|@"(?<text>(?:[^"]|"")*)"|"(?<text>(?:\\.|[^"\\\n])*)"
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<![\w-])--[a-z]|\bdotnet-memtrace [a-z]")]
    private static partial Regex CommandLine();
}
