namespace Memtrace.Bench;

/// <summary>Recordings that are made once and kept, since the long ones take minutes.</summary>
internal sealed class Recordings(string folder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Made by dotnet-trace, so that both tools can read it.</summary>
    public Task<string> GcVerboseAsync() => GetAsync("gc-verbose", 120, Tool.DotnetTrace, StartKnownAsync);

    /// <summary>Nearly all of it is samples, of objects that die young.</summary>
    public Task<string> LiveAsync() => GetAsync("live", 100, Tool.MemtraceLive, StartKnownAsync);

    /// <summary>Nearly all of it is ranges of survivors, of a heap of 500 MB.</summary>
    public Task<string> LiveHeapAsync() => GetAsync("live-heap", 100, Tool.MemtraceLive, StartHeapAsync);

    /// <summary>Samples only, in several lengths.</summary>
    public Task<IReadOnlyList<string>> LongAsync(IReadOnlyList<int> megabytes) => GetPrefixesAsync("long", megabytes, Tool.Memtrace, StartKnownAsync);

    /// <summary>As <see cref="LiveHeapAsync"/>, in several lengths.</summary>
    public Task<IReadOnlyList<string>> LongLiveHeapAsync(IReadOnlyList<int> megabytes) =>
        GetPrefixesAsync("long-live-heap", megabytes, Tool.MemtraceLive, StartHeapAsync);

    private static Task<TargetProcess> StartKnownAsync() => TargetProcess.StartBusyAsync("KNOWN");

    private static Task<TargetProcess> StartHeapAsync() => TargetProcess.StartBusyAsync("HEAP", "--live-megabytes", "500", "--rate", "3000", "--gap", "2");

    /// <summary>The beginnings of one recording, as a killed recorder leaves them.</summary>
    private async Task<IReadOnlyList<string>> GetPrefixesAsync(string name, IReadOnlyList<int> megabytes, Tool tool, Func<Task<TargetProcess>> startTarget)
    {
        var longest = await GetAsync(name, megabytes.Max(), tool, startTarget);
        return [.. megabytes.Select(length => Cut(longest, length))];
    }

    private static string Cut(string file, int megabytes)
    {
        var prefix = Path.ChangeExtension(file, $"{megabytes}.nettrace");
        if (!File.Exists(prefix))
        {
            File.Copy(file, prefix);
            using var stream = File.OpenWrite(prefix);
            stream.SetLength(megabytes * 1_000_000L);
        }

        return prefix;
    }

    private async Task<string> GetAsync(string name, int megabytes, Tool tool, Func<Task<TargetProcess>> startTarget)
    {
        var file = Path.Combine(folder, $"{name}.nettrace");
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"Recording {megabytes} MB into {file}");
            Directory.CreateDirectory(folder);
            var unfinished = Path.ChangeExtension(file, "unfinished.nettrace");
            File.Delete(unfinished);
            using var target = await startTarget();
            await RecordAsync(tool, target, unfinished, megabytes * 1_000_000L);
            File.Move(unfinished, file);
        }

        return file;
    }

    private static async Task RecordAsync(Tool tool, TargetProcess target, string file, long length)
    {
        using var recorder = await Recorder.StartAsync(tool, target.Id, file);
        await recorder.WaitForLengthAsync(length, Limit);
        await recorder.StopAsync();
    }
}
