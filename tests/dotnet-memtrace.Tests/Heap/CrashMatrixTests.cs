using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>Core dumps of programs that bring their runtime along, in a folder and in one file. The installed runtime's are in <see cref="CoreDumpTests"/>.</summary>
[Slow]
[Requires(Requirement.OtherRuntimes)]
public sealed class CrashMatrixTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Dump => _folder.File("core.1234");

    public void Dispose() => _folder.Dispose();

    /// <summary>The library of the runtime is found in the runtime pack that the program was published with. createdump writes full dumps only of such programs.</summary>
    [Fact]
    public async Task An_unhandled_exception_of_a_single_file_is_explained()
    {
        await CrashedProgram.RunAsync(Dump, kind: 4, await TargetRuntimes.SingleFileCommandAsync(9, "Hoard", "dictionary", "--megabytes", "5", "--throw"));

        await AssertExplainedAsync("System.InvalidOperationException");
    }

    [Fact]
    public async Task Exhausted_memory_of_an_older_runtime_is_explained()
    {
        var program = await TargetRuntimes.CommandAsync(8, "Hoard", "dictionary", "--megabytes", "1", "--exhaust");
        await CrashedProgram.RunAsync(Dump, kind: 2, program, ("DOTNET_GCHeapHardLimit", "0x4000000"));

        await AssertExplainedAsync("System.OutOfMemoryException");
    }

    private async Task AssertExplainedAsync(string exception)
    {
        var run = await Tool.RunAsync("heap", Dump, "--format", "json");

        run.HasExitCode(ExitCode.Ok);
        using var heap = JsonDocument.Parse(run.Output);
        Assert.Equal(exception, heap.RootElement.GetProperty("dump").GetProperty("exceptions")[0].GetProperty("type").GetString());
        var suspect = heap.RootElement.GetProperty("suspects")[0];
        Assert.Equal("Hoard.Session", suspect.GetProperty("type").GetString());
        Assert.Contains("static Hoard.SessionStore.Sessions", suspect.GetProperty("title").GetString(), StringComparison.Ordinal);
    }
}
