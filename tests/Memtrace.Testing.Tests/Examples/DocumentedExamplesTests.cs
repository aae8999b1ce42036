namespace Memtrace.Testing.Tests.Examples;

/// <summary>Each example in the documents is one that is compiled and run here.</summary>
public sealed class DocumentedExamplesTests
{
    private static readonly string Root = Memtrace.TestSupport.Repository.Root;

    private static readonly string Examples = string.Concat(
        Directory.EnumerateFiles(Path.Combine(Root, "tests", "Memtrace.Testing.Tests", "Examples"), "*Examples.cs").Select(file => Unindented(File.ReadAllText(file))));

    [Theory]
    [InlineData("docs/library.md", 9)]
    [InlineData("docs/budgets.md", 5)]
    [InlineData("src/Memtrace/PACKAGE.md", 5)]
    [InlineData("src/Memtrace.Testing/PACKAGE.md", 4)]
    [InlineData("src/Memtrace.Testing.Xunit/PACKAGE.md", 2)]
    public void Each_example_is_run(string document, int count)
    {
        var blocks = File.ReadAllText(Path.Combine(Root, document)).Split("```csharp\n").Skip(1).Select(part => Unindented(part[..part.IndexOf("```", StringComparison.Ordinal)])).ToList();

        Assert.Equal(count, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(block, Examples, StringComparison.Ordinal));
    }

    // The mark of slow tests is of this repository; readers do not see it.
    private static string Unindented(string text) =>
        string.Concat(text.Split('\n').Select(line => line.Trim()).Where(line => line is not ("" or "[Slow]")).Select(line => line + "\n"));
}
