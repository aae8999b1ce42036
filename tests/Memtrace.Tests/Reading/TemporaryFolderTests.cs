using Memtrace.Reading;

namespace Memtrace.Tests.Reading;

public sealed class TemporaryFolderTests
{
    [Fact]
    public void It_goes_with_all_its_files()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "text");
        Directory.CreateDirectory(folder.File("b"));

        folder.Dispose();

        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void What_a_killed_program_left_is_removed_by_the_next_one()
    {
        var abandoned = Directory.CreateTempSubdirectory("dotnet-memtrace-").FullName;
        File.WriteAllText(Path.Combine(abandoned, "recording"), "text");

        // Last: with it, the folder is another process's to remove, too.
        File.WriteAllText(Path.Combine(abandoned, ".lock"), "");

        using var next = new TemporaryFolder();

        Assert.False(Directory.Exists(abandoned));
    }

    [Fact]
    public void What_is_in_use_or_of_another_kind_stays()
    {
        using var used = new TemporaryFolder();
        var other = Directory.CreateTempSubdirectory("dotnet-memtrace-");

        using var next = new TemporaryFolder();

        Assert.True(Directory.Exists(used.Path));
        Assert.True(other.Exists);
        other.Delete();
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void A_link_to_a_folder_is_not_followed()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File(".lock"), "");
        var link = Path.Combine(Path.GetTempPath(), $"dotnet-memtrace-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(link, scratch.Path);

        using var next = new TemporaryFolder();

        Assert.True(File.Exists(scratch.File(".lock")));
        File.Delete(link);
    }
}
