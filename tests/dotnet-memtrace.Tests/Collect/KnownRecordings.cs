using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>Recordings of the program Known, launched and attached to, each with the truth.</summary>
public sealed class KnownRecordings : IAsyncLifetime
{
    private const string Megabytes = "800";

    private readonly ScratchFolder _folder = new();
    private readonly Dictionary<string, (MemoryProfile Profile, GroundTruth Truth)> _recordings = [];

    internal (MemoryProfile Profile, GroundTruth Truth) this[string way] => _recordings[way];

    public async ValueTask InitializeAsync()
    {
        _recordings["launched"] = await LaunchAsync(_folder.File("launched.nettrace"));
        _recordings["attached"] = await AttachAsync(_folder.File("attached.nettrace"), TargetPrograms.Command("Known", "--megabytes", Megabytes));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Attaches to the program before it allocates, and stops when it has.</summary>
    internal static async Task<(MemoryProfile Profile, GroundTruth Truth)> AttachAsync(string file, string[] command, long namelessFrames = 0)
    {
        using var known = await TargetProcess.StartAsync(command);
        using var tool = Tool.Start("collect", "-p", $"{known.Id}", "-o", file);
        await tool.RecordsAsync(file);
        await known.WriteLineAsync("go");
        var truth = GroundTruth.Parse(await known.ReadLineAsync());
        (await tool.EndAsync("TERM")).HasExitCode(0);
        return (RecordingAssert.IsWhole(file, "stopped", namelessFrames), truth);
    }

    private static async Task<(MemoryProfile Profile, GroundTruth Truth)> LaunchAsync(string file)
    {
        var run = await Tool.RunAsync(["collect", "-o", file, "--show-child-io", "--quiet", "--", .. TargetPrograms.Command("Known", "--now", "--megabytes", Megabytes)]);
        run.HasExitCode(0);
        return (RecordingAssert.IsWhole(file, "targetExited"), GroundTruth.Parse(run.Output.Split('\n')[1]));
    }
}
