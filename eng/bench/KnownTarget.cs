using System.Text.Json;

namespace Memtrace.Bench;

/// <summary>What the target did: bytes and objects a second, and the processor time of a gigabyte.</summary>
internal readonly record struct TargetResult(double Seconds, double BytesPerSecond, double ObjectsPerSecond, double CpuSecondsPerGigabyte);

/// <summary>tests/targets/Known under its protocol: ready, go, done, exit.</summary>
internal sealed class KnownTarget : IDisposable
{
    private static readonly string Assembly =
        Environment.GetEnvironmentVariable("KNOWN") ?? throw new InvalidOperationException("KNOWN is not set; use run.sh.");

    private readonly Child _process;

    private KnownTarget(Child process) => _process = process;

    public int Id => _process.Id;

    public static async Task<KnownTarget> StartAsync(params string[] arguments)
    {
        var target = new KnownTarget(new Child("dotnet", [Assembly, .. arguments]));
        await target.ExpectAsync("ready");
        return target;
    }

    public async Task<TargetResult> GoAsync()
    {
        await _process.Input.WriteLineAsync("go");
        await _process.Input.FlushAsync();
        var result = JsonSerializer.Deserialize<JsonElement>(await ExpectAsync("done"));
        return new TargetResult(
            Number("seconds"),
            Number("bytesPerSecond"),
            Number("objectsPerSecond"),
            Number("cpuSeconds") / Number("bytes") * 1e9);

        double Number(string name) => result.GetProperty(name).GetDouble();
    }

    public void Dispose() => _process.Dispose();

    private async Task<string> ExpectAsync(string word)
    {
        var line = await _process.Output.ReadLineAsync();
        return line?.StartsWith(word, StringComparison.Ordinal) == true
            ? line[word.Length..]
            : throw new InvalidOperationException($"The target said '{line}' where '{word}' was due. {_process.Errors}");
    }
}
