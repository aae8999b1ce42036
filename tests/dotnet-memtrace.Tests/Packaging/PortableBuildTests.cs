using Memtrace.TestSupport.Exports;
namespace Memtrace.Tool.Tests.Packaging;

/// <summary>The portable build, whichever build the other tests run: each command of it works.</summary>
[Slow]
public sealed class PortableBuildTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_records_and_reports()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var list = await RunAsync("ps");
        var where = await RunAsync("where", "-p", $"{leaky.Id}");
        await RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--duration", "1s", "--quiet");
        var report = await RunAsync("report", _folder.Recording);
        var diff = await RunAsync("diff", _folder.Recording, _folder.Recording);
        await RunAsync("convert", _folder.Recording, "--format", "pprof", "-o", _folder.File("leaky.pb.gz"));

        Assert.Contains(" Leaky ", list.Output, StringComparison.Ordinal);
        Assert.Contains("GC heap", where.Output, StringComparison.Ordinal);
        Assert.Contains("Leaky", report.Output, StringComparison.Ordinal);
        Assert.Contains($"Leaky ({leaky.Id})", diff.Output, StringComparison.Ordinal);
        using var file = File.OpenRead(_folder.File("leaky.pb.gz"));
        Assert.Contains(new PprofReader(file).Samples, sample => sample.Frames.Any(frame => frame.Name == "Leaky.ReportBuilder.Describe"));
    }

    private static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var result = await Tool.RunBuildAsync(Tool.PortableCommand, arguments);
        result.HasExitCode(0);
        return result;
    }
}
