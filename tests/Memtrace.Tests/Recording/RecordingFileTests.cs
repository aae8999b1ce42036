using System.Runtime.Versioning;
using Memtrace.Nettrace;
using Memtrace.Recording;
using Memtrace.Tests.Nettrace;

namespace Memtrace.Tests.Recording;

[Slow]
public sealed class RecordingFileTests : IDisposable
{
    private const int Writes = 20;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"recording-{Guid.NewGuid():N}.nettrace");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData((int)NettraceFraming.Objects)]
    [InlineData((int)NettraceFraming.Blocks)]
    public async Task It_is_whole_after_every_write(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing);
        using var file = Begin(session.Framing);
        for (var written = 0; written < Writes; written++)
        {
            Assert.Equal(written, await EventBlocksOfWholeAsync());
            file.Write(BlockKind.Event, session.EventsOf(1, SyntheticSession.Start + written));
        }
    }

    // What a reader beside the writer sees is what a kill at that moment would leave.
    [Theory]
    [InlineData((int)NettraceFraming.Objects)]
    [InlineData((int)NettraceFraming.Blocks)]
    public async Task It_is_whole_in_the_middle_of_a_write(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing);
        using var file = Begin(session.Framing);
        var block = new byte[4 << 20];
        var writer = Task.Run(() =>
        {
            for (var written = 0; written < Writes; written++)
                file.Write(BlockKind.Event, block);
        }, TestContext.Current.CancellationToken);
        do
        {
            Assert.InRange(await EventBlocksOfWholeAsync(), 0, Writes);
        }
        while (!writer.IsCompleted);

        await writer;
    }

    [Fact]
    [Requires(Requirement.Linux)]
    [UnsupportedOSPlatform("windows")]
    public void Only_its_owner_may_read_it()
    {
        File.WriteAllText(_path, "an older file that everybody may read");
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Begin(NettraceFraming.Objects, overwrite: true).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void A_link_is_replaced_and_its_target_untouched()
    {
        var victim = _path + ".victim";
        File.WriteAllText(victim, "");
        File.CreateSymbolicLink(_path, victim);

        Begin(NettraceFraming.Objects, overwrite: true).Dispose();

        Assert.Null(new FileInfo(_path).LinkTarget);
        Assert.Equal("", File.ReadAllText(victim));
        File.Delete(victim);
    }

    [Fact]
    public void An_existing_file_is_overwritten_only_on_request()
    {
        File.WriteAllText(_path, "precious");

        Assert.Throws<IOException>(() => RecordingFile.Create(_path));

        Assert.Equal("precious", File.ReadAllText(_path));
    }

    [Theory]
    [InlineData("p")]
    [InlineData("c", "1", "3")]
    public async Task A_pipe_or_a_device_is_not_overwritten(params string[] kind)
    {
        var mknod = await ChildProcess.RunAsync(["mknod", _path, .. kind]);
        if (mknod.ExitCode != 0)
            RequirementCheck.IsNotMet(Requirement.Root, mknod.Error);

        var exception = Assert.Throws<IOException>(() => RecordingFile.Replace(_path));

        Assert.Equal($"{_path} is a device or a pipe; a recording needs a regular file.", exception.Message);
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public void A_writer_of_the_replaced_file_does_not_damage_the_new_one()
    {
        using var first = Begin(NettraceFraming.Objects);
        using var second = Begin(NettraceFraming.Objects, overwrite: true);
        var length = new FileInfo(_path).Length;

        first.Write(BlockKind.Event, new byte[1000]);

        Assert.Equal(length, new FileInfo(_path).Length);
    }

    private RecordingFile Begin(NettraceFraming framing, bool overwrite = false) => RecordingFile.Begin(
        overwrite ? RecordingFile.Replace(_path) : RecordingFile.Create(_path), new StreamBeginning(framing, SyntheticSession.HeaderOf(framing), SyntheticSession.TraceOf(framing, 1)));

    /// <summary>Reads the file to its end, which must be that of a whole one.</summary>
    /// <returns>How many blocks of events it has.</returns>
    private async Task<int> EventBlocksOfWholeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var reader = new BlockReader(new MemoryStream(await ReadAllAsync()));
        await reader.ReadHeaderAsync(token);
        var blocks = 0;
        while (await reader.ReadBlockAsync(token) is { } block)
            blocks += block.Kind == BlockKind.Event ? 1 : 0;
        Assert.True(reader.EndedCleanly);
        return blocks;
    }

    private async Task<byte[]> ReadAllAsync()
    {
        await using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
