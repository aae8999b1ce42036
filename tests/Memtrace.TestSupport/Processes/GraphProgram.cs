using System.Diagnostics;
using System.Text.Json;
using Memtrace.Processes;

namespace Memtrace.TestSupport.Processes;

/// <summary>The objects of a type, exactly.</summary>
internal sealed record TrueType(string Type, long Objects, long Bytes);

/// <summary>A root, and what it alone keeps alive; null if that is not known.</summary>
internal sealed record TrueRoot(string Kind, string? Name, string Type, long? Objects, long? RetainedBytes);

/// <summary>What is on the heap of the program Graph.</summary>
internal sealed record GraphTruth(IReadOnlyList<TrueType> Types, IReadOnlyList<TrueRoot> Roots);

/// <summary>The program Graph, whose heap is built. It is killed when the test is over.</summary>
internal sealed class GraphProgram : IDisposable
{
    private static readonly JsonSerializerOptions AsWritten = new(JsonSerializerDefaults.Web);

    private readonly Process _process;

    private GraphProgram(Process process, GraphTruth truth) => (_process, Truth) = (process, truth);

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>What is on its heap.</summary>
    public GraphTruth Truth { get; }

    /// <summary>Starts it, and waits until it has built its heap.</summary>
    /// <param name="arguments">As its source explains them.</param>
    /// <param name="environment">Variables that say which collector it has.</param>
    public static Task<GraphProgram> StartAsync(string[] arguments, params (string Name, string Value)[] environment) =>
        RunAsync(TargetPrograms.Command("Graph", arguments), environment);

    /// <summary>The same with another build of it.</summary>
    /// <param name="command">How to start that.</param>
    /// <param name="environment">Variables that say which collector it has.</param>
    public static async Task<GraphProgram> RunAsync(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var process = ChildProcess.Start(command, environment);
        Assert.StartsWith("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var truth = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new GraphProgram(process, JsonSerializer.Deserialize<GraphTruth>(truth!["truth ".Length..], AsWritten)!);
    }

    /// <summary>Attaches to it.</summary>
    public Task<Target> AttachAsync() => Target.AttachAsync(Id, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>Waits until it has answered a line: it runs.</summary>
    public async Task AnswersAsync()
    {
        await _process.StandardInput.WriteAsync("stall\n\n");
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var answer = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.StartsWith("stall ", answer, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
