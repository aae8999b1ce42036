using System.Diagnostics;
using System.Globalization;
using Memtrace.Fuzz.Mutation;
using Memtrace.Fuzz.Oracles;

namespace Memtrace.Fuzz;

/// <summary>How long to fuzz, and with what.</summary>
/// <param name="Seed">The first input's seed; each further input has the next one.</param>
/// <param name="Inputs">So many inputs at most.</param>
/// <param name="Duration">So long at most.</param>
internal sealed record FuzzOptions(int Seed, long Inputs, TimeSpan Duration);

/// <summary>An input for which something does not hold.</summary>
/// <param name="Seed">The input's seed.</param>
/// <param name="Input">The input.</param>
/// <param name="Error">What does not hold.</param>
internal sealed record FuzzFailure(int Seed, MutatedRecording Input, Exception Error)
{
    /// <summary>What failures of one cause have in common: the kind of exception, and where it came from.</summary>
    public string Cause => Error.GetType().Name + FirstFrame(Error);

    private static string FirstFrame(Exception error) => error is OracleException
        ? error.Message.Split(' ')[0]
        : (error.StackTrace ?? "").Split('\n').FirstOrDefault(line => line.Contains("Memtrace.", StringComparison.Ordinal))?.Trim() ?? "";
}

/// <summary>What came of a run.</summary>
/// <param name="Inputs">How many inputs were tried.</param>
/// <param name="CpuTime">The processor time of all of them.</param>
/// <param name="Failures">One failure of each cause.</param>
internal sealed record FuzzResult(long Inputs, TimeSpan CpuTime, IReadOnlyList<FuzzFailure> Failures);

/// <summary>
/// Gives damaged recordings to all that reads recordings. Runs on its own thread; <see cref="CpuLimit"/> ends a run whose input takes too much processor
/// time, so that other work on the machine cannot.
/// </summary>
/// <param name="corpus">What is damaged.</param>
internal sealed class Fuzzer(IReadOnlyList<Recording> corpus) : IDisposable
{
    /// <summary>An input usually takes some milliseconds.</summary>
    public static readonly TimeSpan CpuLimit = TimeSpan.FromSeconds(30);

    private readonly Mutator _mutator = new(corpus);
    private readonly RecorderOracle _recorder = new();
    private readonly Dictionary<string, FuzzFailure> _failures = [];
    private readonly Lock _lock = new();
    private long _inputs;
    private int _seed;
    private TimeSpan _startedAt;

    /// <summary>Called for the first failure of each cause, while the run continues.</summary>
    public Action<FuzzFailure> Failed { get; init; } = _ => { };

    /// <summary>Called with the seed of each input before it is tried, for what ends the process.</summary>
    public Action<int> Trying { get; init; } = _ => { };

    /// <summary>Fuzzes.</summary>
    /// <param name="options">How long.</param>
    public FuzzResult Run(FuzzOptions options)
    {
        var start = Environment.CpuUsage.TotalTime;
        var thread = new Thread(() => TryAll(options)) { IsBackground = true, Name = "Fuzzer" };
        Begin(options.Seed);
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            if (IsHung(out var seed))
            {
                Fail(seed, _mutator.Next(seed), new OracleException($"hangs: the input has taken {CpuLimit.TotalSeconds:F0} s of processor time"));
                break;
            }
        }

        return new FuzzResult(Interlocked.Read(ref _inputs), Environment.CpuUsage.TotalTime - start, [.. _failures.Values]);
    }

    /// <summary>Tries one input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="seed">Its seed.</param>
    public void Try(MutatedRecording input, int seed)
    {
        foreach (var oracle in Oracles)
        {
            try
            {
                oracle.Check(input, seed);
            }
            catch (Exception error)
            {
                Fail(seed, input, error);
            }
        }
    }

    public void Dispose() => _recorder.Dispose();

    private IReadOnlyList<IOracle> Oracles => field ??= [new KeptEventsOracle(), new ReportOracle(), new DumpOracle(), _recorder];

    private void TryAll(FuzzOptions options)
    {
        var clock = Stopwatch.StartNew();
        for (var seed = options.Seed; _inputs < options.Inputs && clock.Elapsed < options.Duration; seed++)
        {
            Begin(seed);
            Trying(seed);
            Try(_mutator.Next(seed), seed);
            Interlocked.Increment(ref _inputs);
        }
    }

    private void Begin(int seed)
    {
        lock (_lock)
            (_seed, _startedAt) = (seed, Environment.CpuUsage.TotalTime);
    }

    private bool IsHung(out int seed)
    {
        lock (_lock)
        {
            seed = _seed;
            return Environment.CpuUsage.TotalTime - _startedAt > CpuLimit;
        }
    }

    private void Fail(int seed, MutatedRecording input, Exception error)
    {
        var failure = new FuzzFailure(seed, input, error);
        lock (_lock)
        {
            if (!_failures.TryAdd(failure.Cause, failure))
                return;
        }

        Failed(failure);
    }

    /// <summary>A failure in one line.</summary>
    public static string Describe(FuzzFailure failure) =>
        string.Create(CultureInfo.InvariantCulture, $"seed {failure.Seed} ({failure.Input.Origin.Name}, {failure.Input.Bytes.Length} bytes): {failure.Error}");
}
