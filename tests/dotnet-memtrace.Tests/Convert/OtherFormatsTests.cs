using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Diagnostics.Tracing.Etlx;
using TraceLog = Microsoft.Diagnostics.Tracing.Etlx.TraceLog;

namespace Memtrace.Tool.Tests.Convert;

/// <summary>What <c>report</c>, <c>convert</c> and <c>diff</c> do with files that are no .nettrace files of one process.</summary>
[Slow]
public sealed class OtherFormatsTests(KnownRecordings known) : IClassFixture<KnownRecordings>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The tool's temporary folder.</summary>
    private string Temporary => Directory.CreateDirectory(_folder.File("tmp")).FullName;

    /// <summary>What the tool has there; the runtime has its sockets in the same place.</summary>
    private string[] Remains() => Directory.GetDirectories(Temporary, "dotnet-memtrace-*");

    private Dictionary<string, string> Environment => new() { ["TMPDIR"] = Temporary };

    private Task<CommandResult> RunAsync(params string[] arguments) => Tool.RunAsync(arguments, Environment);

    private string ToEtlx(string file) => TraceLog.CreateFromEventPipeDataFile(file, _folder.File(Path.GetFileNameWithoutExtension(file) + ".etlx"));

    /// <summary>Nothing in the report differs but what TraceLog is known to lose.</summary>
    [Fact]
    public async Task An_etlx_file_is_reported_as_the_recording_is()
    {
        var (ours, theirs) = (await JsonAsync(known.Before), await JsonAsync(ToEtlx(known.Before)));

        foreach (var part in new[] { "process", "recording", "memory", "collections", "breakdown", "timeline" })
            Assert.Equal(ours[part]!.ToJsonString(), theirs[part]!.ToJsonString());
        Assert.Equal(Ids(ours), Ids(theirs));
        Assert.Equal(ours["allocations"]!["types"]!.ToJsonString(), theirs["allocations"]!["types"]!.ToJsonString());
        Assert.Equal(Sites(ours), Sites(theirs));
        Assert.Contains(Sites(theirs), site => site.Contains("Known.", StringComparison.Ordinal));

        async Task<JsonObject> JsonAsync(string file)
        {
            var result = await RunAsync("report", file, "--format", "json");
            result.HasExitCode(ExitCode.Ok);
            Assert.Empty(result.Error);
            var json = JsonNode.Parse(result.Output)!.AsObject();
            json["recording"]!.AsObject().Remove("file");
            return json;
        }

        static IEnumerable<string> Ids(JsonObject json) => json["findings"]!.AsArray().Select(finding => (string)finding!["id"]!);

        static IEnumerable<string> Sites(JsonObject json) => json["allocations"]!["sites"]!.AsArray()
            .GroupBy(site => $"{site!["type"]} {site["method"]}", site => (long)site!["samples"]!, (site, samples) => $"{samples.Sum()} {site}")
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Convert_and_diff_read_etlx_files()
    {
        var etlx = ToEtlx(known.Before);

        (await RunAsync("convert", etlx, "--format", "pprof")).HasExitCode(ExitCode.Ok);
        var diff = await RunAsync("diff", known.Before, etlx, "--fail-on", "allocated>+1%");

        Assert.True(File.Exists(_folder.File("before.pb.gz")));
        diff.HasExitCode(ExitCode.Ok);
        Assert.Empty(Remains());
    }

    [Fact]
    public async Task Of_several_processes_it_says_which_one_is_shown()
    {
        var file = _folder.File("several.nettrace");
        await File.WriteAllBytesAsync(file, SeveralProcesses(), TestContext.Current.CancellationToken);

        var report = await RunAsync("report", file, "--format", "json");
        var chosen = await RunAsync("report", file, "--format", "json", "-p", "10");
        var diff = await RunAsync("diff", file, file, "--process", "10", "--format", "json");
        var missing = await RunAsync("report", file, "--process", "4711");

        Assert.StartsWith($"warning: {file} contains 2 .NET processes.", report.Error, StringComparison.Ordinal);
        Assert.Contains("(20)", report.Error, StringComparison.Ordinal);
        Assert.Contains("--process", report.Error, StringComparison.Ordinal);
        Assert.Equal(20, (int)JsonNode.Parse(report.Output)!["process"]!["id"]!);
        Assert.Equal("[10]", JsonNode.Parse(report.Output)!["recording"]!["otherProcessIds"]!.ToJsonString());
        Assert.Empty(chosen.Error);
        Assert.Equal(10, (int)JsonNode.Parse(chosen.Output)!["process"]!["id"]!);
        diff.HasExitCode(ExitCode.Ok);
        Assert.Empty(diff.Error);
        missing.HasExitCode(ExitCode.TracingError);
        Assert.Single(missing.Error.TrimEnd().Split('\n'));
        Assert.Empty(Remains());
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_of_one_line_and_leaves_nothing_behind()
    {
        foreach (var name in new[] { "damaged.netperf", "damaged.etlx" })
        {
            var file = _folder.File(name);
            var type = name.EndsWith(".etlx", StringComparison.Ordinal) ? "Microsoft.Diagnostics.Tracing.Etlx.TraceLog" : "Trace";
            byte[] bytes = [20, 0, 0, 0, .. "!FastSerialization.1"u8, 4, 4, 1, 3, 0, 0, 0, 0, 0, 0, 0, (byte)type.Length, 0, 0, 0, .. Encoding.UTF8.GetBytes(type), 6, .. new byte[1000]];
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

            var result = await RunAsync("report", file);

            result.HasExitCode(ExitCode.TracingError);
            Assert.Empty(result.Output);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
            Assert.Empty(Remains());
        }
    }

    [Theory]
    [InlineData("report", "--format", "json")]
    [InlineData("dump")]
    [Requires(Requirement.Linux)]
    public async Task A_pipe_is_read_like_a_file(params string[] command)
    {
        var pipe = _folder.File("pipe");
        using (var mkfifo = ChildProcess.Start(["mkfifo", pipe]))
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        var writing = Task.Run(() => File.WriteAllBytes(pipe, File.ReadAllBytes(known.Before)), TestContext.Current.CancellationToken);

        var piped = await RunAsync([command[0], pipe, .. command[1..]]);
        await writing;
        var direct = await RunAsync([command[0], known.Before, .. command[1..]]);

        piped.HasExitCode(0);
        Assert.Equal(direct.Output, piped.Output.Replace(pipe, known.Before, StringComparison.Ordinal));
        Assert.Empty(Remains());
    }

    [Theory]
    [Requires(Requirement.Linux)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_leaves_no_temporary_files_behind(string signal)
    {
        await EndWhileReadingAsync(signal);

        Assert.Empty(Remains());
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task What_a_killed_run_leaves_is_removed_by_the_next_one()
    {
        await EndWhileReadingAsync("KILL");
        var left = Assert.Single(Remains());

        await EndWhileReadingAsync("TERM");

        Assert.False(Directory.Exists(left));
        Assert.Empty(Remains());
    }

    /// <summary>The rest of the pipe never arrives.</summary>
    private async Task EndWhileReadingAsync(string signal)
    {
        var before = Remains();
        var pipe = _folder.File($"{signal}.netperf");
        (await ChildProcess.RunAsync(["mkfifo", pipe])).HasExitCode(0);
        using var tool = Tool.Start(["report", pipe], Environment);
        await using var beginning = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        beginning.Write([20, 0, 0, 0, .. "!FastSerialization.1"u8, 4, 4, 1, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, .. "Trace"u8, 6, .. new byte[256]]);
        while (!Remains().Except(before).Any(folder => File.Exists(Path.Combine(folder, "recording"))))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await tool.EndAsync(signal);
    }

    /// <summary>A stream of format 6 with events of the runtimes of process 10, which has one, and 20, which has two.</summary>
    private static byte[] SeveralProcesses()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write([.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
        Block(1, block =>
        {
            foreach (short part in new[] { 2026, 11, 5, 20, 12, 30, 15, 250 })
                block.Write(part);
            block.Write(0L);
            block.Write(1_000_000_000L);
            block.Write(8);
            block.Write(0);
        });
        Block(6, block => Array.ForEach<byte>([10, 20], process =>
        {
            block.Write((short)5);
            block.Write([process, 2, process, 3, process]);
        }));
        Block(3, block =>
        {
            byte[] row = [1, 31, .. "Microsoft-Windows-DotNETRuntime"u8, 4, 11, .. "GCHeapStats"u8, 0, 0, 0, 0];
            block.Write((short)0);
            block.Write((short)row.Length);
            block.Write(row);
        });
        Events(10, 1);
        Events(20, 2);
        writer.Write(0);
        return stream.ToArray();

        void Events(byte process, int count) => Block(2, block =>
        {
            block.Write([20, 0, 0, 0]);
            block.Write(new byte[16]);
            for (var number = 1; number <= count; number++)
            {
                block.Write(48 + 110);
                block.Write(1);
                block.Write(number);
                block.Write((long)process);
                block.Write((long)process);
                block.Write(0L);
                block.Write((process * 1_000_000L) + number);
                block.Write(0);
                block.Write(110);
                block.Write(new byte[110]);
            }
        });

        void Block(byte kind, Action<BinaryWriter> write)
        {
            using var content = new MemoryStream();
            write(new BinaryWriter(content));
            writer.Write((kind << 24) | (int)content.Length);
            writer.Write(content.ToArray());
        }
    }
}
