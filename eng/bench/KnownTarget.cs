namespace Memtrace.Bench;

/// <summary>What the target did: bytes and objects a second, and the processor time of a gigabyte.</summary>
internal readonly record struct TargetResult(double Seconds, double BytesPerSecond, double ObjectsPerSecond, double CpuSecondsPerGigabyte);

/// <summary>tests/targets/Known.</summary>
internal sealed class KnownTarget : IDisposable
{
    /// <summary>The arguments for 1 GB/s.</summary>
    public static readonly string[] GigabytePerSecond = ["--rate", "1000"];

    private readonly TargetProcess _process;

    private KnownTarget(TargetProcess process) => _process = process;

    public int Id => _process.Id;

    public static async Task<KnownTarget> StartAsync(params string[] arguments) => new(await TargetProcess.StartAsync("KNOWN", arguments));

    /// <summary>Starts one that allocates until it is disposed of.</summary>
    public static async Task<KnownTarget> StartBusyAsync(params string[] arguments) => new(await TargetProcess.StartBusyAsync("KNOWN", arguments));

    public async Task<TargetResult> GoAsync()
    {
        var result = await _process.GoAsync();
        return new TargetResult(
            Number("seconds"),
            Number("bytesPerSecond"),
            Number("objectsPerSecond"),
            Number("cpuSeconds") / Number("bytes") * 1e9);

        double Number(string name) => result.GetProperty(name).GetDouble();
    }

    public void Dispose() => _process.Dispose();
}
