using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>A process and a recording to try the commands of the documents on, in place of those that the documents speak of.</summary>
public sealed class Rehearsal : IAsyncLifetime
{
    /// <summary>The documents call every core dump core.1234.</summary>
    private const string Dump = ".1234";

    private static readonly string[] Snapshots = [".memsnap", ".gcdump"];

    private static readonly string[] Inputs = [".nettrace", .. Snapshots, Dump];

    private static readonly string[] ProcessOptions = ["-p", "--process-id", "-n", "--name"];

    private readonly ScratchFolder _folder = new();
    private TargetProcess? _leaky;

    public async ValueTask InitializeAsync()
    {
        _leaky = await TargetProcess.LeakyAsync();
        (await Tool.RunAsync("collect", "-p", $"{_leaky.Id}", "--live", "--heap-at-end", "--duration", "3s", "--quiet", "-o", _folder.Recording)).HasExitCode(0);
        File.Move(Path.ChangeExtension(_folder.Recording, ".end.memsnap"), Sample(".memsnap"));
        (await Tool.RunAsync("heap", "-p", $"{_leaky.Id}", "--yes", "-o", Sample(".gcdump"))).HasExitCode(0);
        await new DiagnosticsClient(_leaky.Id).WriteDumpAsync(DumpType.WithHeap, Sample(Dump), logDumpGeneration: false, CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _leaky?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a command can be tried: it needs no file of another format, and no port, and ends.</summary>
    public static bool IsPossible(IReadOnlyList<string> arguments) =>
        arguments[0] != "watch" && !arguments.Any(argument => argument is "--diagnostic-port" or "--dport" || argument.EndsWith(".etlx", StringComparison.Ordinal) || argument.EndsWith(".etl", StringComparison.Ordinal));

    /// <summary>A short command that ends, with the data at hand.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="processId">The process to attach to, in place of the one that it names.</param>
    public static IReadOnlyList<string> Adapt(IReadOnlyList<string> arguments, int processId)
    {
        var own = arguments.TakeWhile(argument => argument != "--").ToList();
        for (var index = 1; index < own.Count; index++)
        {
            if (IsAttaching(own) && ProcessOptions.Contains(own[index - 1]))
                (own[index - 1], own[index]) = ("-p", $"{processId}");
            else
                own[index] = Adapt(own[index - 1], own[index]);
        }

        return [.. own, .. Limit(own), .. Consent(own), .. Target(arguments, own, processId)];
    }

    /// <summary>Runs a command in its own folder, which holds each recording that it names.</summary>
    internal async Task<CommandResult> RunAsync(IReadOnlyList<string> command)
    {
        var arguments = Adapt(command, _leaky!.Id);
        using var folder = new ScratchFolder();
        foreach (var file in InputsOf(arguments))
            File.CreateSymbolicLink(folder.File(file), Sample(Path.GetExtension(file)));
        await File.WriteAllTextAsync(folder.File("memory-budget.json"), """{ "peakRss": "100 GiB" }""");

        return await Tool.RunUnderAsync(["sh", "-c", "cd \"$0\" && exec \"$@\"", folder.Path], [.. arguments]);
    }

    private static IEnumerable<string> InputsOf(IReadOnlyList<string> arguments) => arguments
        .Where((argument, i) => Inputs.Contains(Path.GetExtension(argument)) && arguments[i - 1] is not ("-o" or "--output"))
        .Distinct(StringComparer.Ordinal);

    private string Sample(string extension) => extension == ".nettrace" ? _folder.Recording : _folder.File("sample" + extension);

    private static string Adapt(string option, string value) => option switch
    {
        "--duration" or "--leak" or "--from" => "1s",
        "--to" => "2s",
        "-o" or "--output" => Path.GetFileName(value),
        _ => Inputs.Contains(Path.GetExtension(value)) ? Path.GetFileName(value) : value,
    };

    private static string[] Limit(List<string> own) => own switch
    {
        [.., "--leak"] => ["1s"],
        ["collect" or "monitor", ..] when !own.Contains("--leak") && !own.Contains("--duration") => ["--duration", "1s"],
        _ => [],
    };

    private static string[] Consent(List<string> own) => own[0] is "gc" or "heap" && IsAttaching(own) && !own.Contains("--yes") ? ["--yes"] : [];

    private static string[] Target(IReadOnlyList<string> arguments, List<string> own, int processId)
    {
        if (own.Count < arguments.Count)
            return ["--", .. TargetPrograms.Command("Leaky", "--seconds", "1")];
        return IsAttaching(own) && !own.Contains("-p") ? ["-p", $"{processId}"] : [];
    }

    private static bool IsAttaching(List<string> own) => own switch
    {
        ["heap", var first, ..] => first.StartsWith('-'),
        [var verb, ..] => verb is "where" or "gc" or "collect" or "monitor" or "heap",
        _ => false,
    };
}
