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
    public void A_file_that_came_in_between_is_not_overwritten()
    {
        var file = _folder.File("x.csv");
        Assert.Throws<IOException>(() => OutputFile.Write(file, overwrite: false, _ => File.WriteAllText(file, "theirs")));
        Assert.Equal("theirs", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }
}
