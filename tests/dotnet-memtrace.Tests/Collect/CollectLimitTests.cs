using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>Limits of the file: what the user allows, what the disk and the system allow, what is there already.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectLimitTests(LeakyProgram leaky) : IClassFixture<LeakyProgram>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(100_000)]
    [InlineData(700_000)]
    [InlineData(1_300_000)]
    public async Task The_file_is_never_larger_than_allowed(long size)
    {
        using var tool = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--max-size", $"{size}", "--interval", "10ms");
        var ending = tool.EndAsync();
        while (!ending.IsCompleted)
        {
            Assert.True(!File.Exists(_folder.Recording) || new FileInfo(_folder.Recording).Length <= size);
            await Task.WhenAny(ending, Task.Delay(TimeSpan.FromMilliseconds(20), Token));
        }

        var run = await ending;
        run.HasExitCode(0);
        Assert.StartsWith("The file has reached ", run.Error, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.Recording).Length <= size);
        var recording = RecordingAssert.IsReadable(_folder.Recording).Recording;
        Assert.Equal(EndReason.SizeLimit, recording.EndReason);
        Assert.True(recording.Complete);
    }

    [Fact]
    public async Task A_limit_of_the_system_for_files_ends_the_recording_and_not_the_tool()
    {
        // More than the methods that are listed at the start: else there may be no sample yet. Executable memory that is mapped twice is a file to the kernel, and a large one.
        var run = await Tool.RunUnderAsync(
            ["env", "DOTNET_EnableWriteXorExecute=0", "bash", "-c", "ulimit -f 800; exec \"$@\"", "bash"], Collect(_folder.Recording, "--duration", "20s"));

        AssertFull(run, _folder.Recording, "File too large");
        Assert.True(new FileInfo(_folder.Recording).Length <= 800 * 1024);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_full_disk_ends_the_recording()
    {
        var disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        (await ChildProcess.RunAsync(["mount", "-t", "tmpfs", "-o", "size=900k", "none", disk])).HasExitCode(0);
        try
        {
            var file = Path.Combine(disk, "recording.nettrace");
            var run = await Tool.RunAsync(Collect(file, "--duration", "20s", "--heap-at-end"));
            AssertFull(run, file, "No space left on device), so no heap snapshot was taken at the end: ");
            Assert.DoesNotContain("eap snapshot at the end", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            (await ChildProcess.RunAsync(["umount", disk])).HasExitCode(0);
        }
    }

    [Fact]
    public async Task A_file_that_exists_is_left_alone_without_force()
    {
        await File.WriteAllTextAsync(_folder.Recording, "precious", Token);

        var run = await Tool.RunAsync(Collect(_folder.Recording));

        run.HasExitCode(ExitCode.TracingError);
        Assert.Equal($"error: {_folder.Recording} exists; --force overwrites it.\n", run.Error);
        Assert.Equal("precious", await File.ReadAllTextAsync(_folder.Recording, Token));
    }

    [Fact]
    public async Task A_file_that_exists_is_replaced_with_force()
    {
        await File.WriteAllTextAsync(_folder.Recording, new string('x', 5_000_000), Token);

        (await Tool.RunAsync(Collect(_folder.Recording, "--force", "--duration", "0.5", "--quiet"))).HasExitCode(0);

        RecordingAssert.IsWhole(_folder.Recording, "duration");
    }

    [Fact]
    public async Task A_file_that_exists_is_kept_if_the_process_cannot_be_recorded()
    {
        await File.WriteAllTextAsync(_folder.Recording, "precious", Token);

        var run = await Tool.RunAsync("collect", "-p", $"{int.MaxValue}", "--force", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal("precious", await File.ReadAllTextAsync(_folder.Recording, Token));
    }

    [Fact]
    public async Task A_folder_that_is_missing()
    {
        var run = await Tool.RunAsync(Collect(_folder.File("missing/recording.nettrace")));

        run.HasExitCode(ExitCode.TracingError);
        Assert.Equal($"error: cannot write {_folder.File("missing/recording.nettrace")}: the folder {_folder.File("missing")} does not exist.\n", run.Error);
    }

    [Fact]
    public async Task A_folder_instead_of_a_file()
    {
        var run = await Tool.RunAsync(Collect(_folder.Path, "--force"));

        run.HasExitCode(ExitCode.TracingError);
        Assert.Equal($"error: cannot write {_folder.Path}: it is a folder.\n", run.Error);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_folder_in_which_nothing_may_be_written()
    {
        using var idle = await TargetProcess.IdleUnderAsync(OtherUser.Wrapper);

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "collect", "-p", $"{idle.Id}", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.TracingError);
        Assert.Equal($"error: cannot write {_folder.Recording}: access is denied.\n", run.Error);
    }

    private static void AssertFull(CommandResult run, string file, string reason)
    {
        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains($"The file cannot grow any further ({reason}", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, RecordingAssert.IsReadable(file).Recording.AllocationSamples);
    }

    private string[] Collect(string file, params string[] options) => ["collect", "-p", $"{leaky.Id}", "-o", file, .. options];
}
