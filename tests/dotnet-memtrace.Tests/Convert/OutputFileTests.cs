using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Convert;

public sealed class OutputFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_written_as_a_whole()
    {
        var file = _folder.File("x.csv");
        Assert.Equal(3, OutputFile.Write(file, overwrite: false, stream => stream.Write("abc"u8)));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
        Assert.Equal("abc", File.ReadAllText(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_that_fails_leaves_what_was_there_before(bool exists)
    {
        var file = _folder.File("x.csv");
        if (exists)
            File.WriteAllText(file, "before");
        Assert.Throws<IOException>(() => OutputFile.Write(file, overwrite: true, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("The disk is full.");
        }));
        Assert.Equal(exists ? [file] : [], Directory.GetFiles(_folder.Path));
        if (exists)
            Assert.Equal("before", File.ReadAllText(file));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void A_folder_that_takes_no_files_is_rejected_before_there_is_anything_to_write()
    {
        var created = Assert.Throws<CommandException>(() => OutputFile.RequireFree("/proc/x.csv", overwrite: false));
        var appended = Assert.Throws<CommandException>(() => OutputFile.RequireAppendable("/proc/x.md"));

        Assert.Equal("cannot write /proc/x.csv: no file can be created there.", created.Message);
        Assert.Equal("cannot write /proc/x.md: no file can be created there.", appended.Message);
    }

    [Fact]
    public void A_file_that_can_be_written_is_not_created_by_asking()
    {
        OutputFile.RequireFree(_folder.File("x.csv"), overwrite: false);
        OutputFile.RequireAppendable(_folder.File("x.md"));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void Only_the_owner_may_read_it()
    {
        var file = _folder.File("x.html");
        OutputFile.Write(file, overwrite: false, stream => stream.WriteByte(1));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Requires(Requirement.Linux)]
    public void A_link_is_replaced_and_its_target_untouched(bool isDangling)
    {
        var (file, victim) = (_folder.File("x.csv"), _folder.File("victim"));
        if (!isDangling)
            File.WriteAllText(victim, "theirs");
        File.CreateSymbolicLink(file, victim);

        Assert.Throws<CommandException>(() => OutputFile.RequireFree(file, overwrite: false));
        OutputFile.Write(file, overwrite: true, stream => stream.Write("ours"u8));

        Assert.Null(new FileInfo(file).LinkTarget);
        Assert.Equal(isDangling ? null : "theirs", File.Exists(victim) ? File.ReadAllText(victim) : null);
    }

    [Fact]
    public void A_foreign_temporary_file_stays()
    {
        var file = _folder.File("x.csv");
        var foreign = $"{file}.{Environment.ProcessId}.tmp";
        File.WriteAllText(foreign, "theirs");

        OutputFile.Write(file, overwrite: false, stream => stream.Write("ours"u8));

        Assert.Equal("theirs", File.ReadAllText(foreign));
    }

    [Fact]
    public void A_file_created_meanwhile_is_not_overwritten()
    {
        var file = _folder.File("x.csv");
        Assert.Throws<IOException>(() => OutputFile.Write(file, overwrite: false, _ => File.WriteAllText(file, "theirs")));
        Assert.Equal("theirs", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }
}
