using System.IO.Compression;
using System.Text;

namespace Memtrace.Tool.Tests.Packaging;

[Collection(PackagingTestGroup.Name)]
public sealed class PackagingTests(PackagingFixture packaging)
{
    [Fact]
    public async Task The_tool_installs_from_its_folder_with_no_other_source_and_runs()
    {
        // <clear/>: no network, no other feed.
        var configuration = Path.Combine(packaging.Folder, "nuget.config");
        await File.WriteAllTextAsync(
            configuration,
            $"<configuration><packageSources><clear /><add key='folder' value='{packaging.Packages}' /></packageSources></configuration>",
            TestContext.Current.CancellationToken);

        await Install("offline", "--configfile", configuration);

        await AssertRuns(Path.Combine("offline", "dotnet-memtrace"));
    }

    [Fact]
    public async Task The_tool_installs_from_its_folder_as_an_added_source_and_runs()
    {
        await Install("added", "--add-source", packaging.Packages);

        await AssertRuns(Path.Combine("added", "dotnet-memtrace"));
    }

    [Fact]
    [Requires(Requirement.Clang)]
    public async Task The_installed_tool_is_one_native_file()
    {
        await Install("native", "--add-source", packaging.Packages);

        var tool = File.ResolveLinkTarget(Path.Combine(packaging.Folder, "native", "dotnet-memtrace"), returnFinalTarget: true)!.FullName;
        Assert.Equal(
            ["DotnetToolSettings.xml", "dotnet-memtrace"],
            Directory.GetFiles(Path.GetDirectoryName(tool)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.StartsWith("\u007fELF", await File.ReadAllTextAsync(tool, Encoding.Latin1, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_portable_package_runs_without_being_installed()
    {
        var folder = Path.Combine(packaging.Folder, "portable");
        await ZipFile.ExtractToDirectoryAsync(Package("dotnet-memtrace.any"), folder, TestContext.Current.CancellationToken);

        await AssertRuns("dotnet", Path.Combine(folder, "tools", "net10.0", "any", "dotnet-memtrace.dll"));
    }

    [Fact]
    public void Every_package_has_a_readme_and_only_its_own_folder_of_files()
    {
        foreach (var id in new[] { "dotnet-memtrace", "dotnet-memtrace.any", $"dotnet-memtrace.{PackagingFixture.Platform}" })
        {
            using var package = ZipFile.OpenRead(Package(id));
            var files = package.Entries.Select(entry => entry.FullName).ToList();

            Assert.Contains("README.md", files);
            Assert.Contains(files, file => file.EndsWith("/DotnetToolSettings.xml", StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => Path.GetFileName(file) is "Memtrace.xml" or "msdia140.dll");
        }
    }

    [Fact]
    public async Task Packages_of_libraries_document_public_members_only()
    {
        using var package = ZipFile.OpenRead(Package("Memtrace"));
        foreach (var file in package.Entries.Where(entry => entry.Name == "Memtrace.xml"))
        {
            using var reader = new StreamReader(await file.OpenAsync(TestContext.Current.CancellationToken));
            var documentation = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

            Assert.Contains("\"T:Memtrace.MemorySnapshot\"", documentation, StringComparison.Ordinal);
            Assert.Contains("\"M:Memtrace.MemoryMeasurement.Run``1(System.Func{``0}", documentation, StringComparison.Ordinal);
            Assert.Contains("\"P:Memtrace.Profiles.MemoryBreakdown.Item(", documentation, StringComparison.Ordinal);
            Assert.DoesNotContain("HeapGraphBuilder", documentation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_symbols_of_the_tool_and_its_library_are_packed()
    {
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(Package("dotnet-memtrace.any"), "snupkg"));
        var files = symbols.Entries.Select(entry => entry.Name).ToList();

        Assert.Contains("dotnet-memtrace.pdb", files);
        Assert.Contains("Memtrace.pdb", files);
    }

    private string Package(string id) =>
        Assert.Single(Directory.GetFiles(packaging.Packages, $"{id}.*.nupkg"), file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));

    private async Task Install(string folder, params string[] source)
    {
        var installed = await packaging.RunAsync("dotnet", ["tool", "install", "--tool-path", folder, .. source, "dotnet-memtrace"]);
        Assert.True(installed.ExitCode == 0, installed.Output);
    }

    private async Task AssertRuns(string command, params string[] arguments)
    {
        var path = Path.IsPathRooted(command) || command == "dotnet" ? command : Path.Combine(packaging.Folder, command);
        var version = await packaging.RunAsync(path, [.. arguments, "--version"]);
        var help = await packaging.RunAsync(path, [.. arguments, "--help"]);

        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
    }
}
