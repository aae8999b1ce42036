namespace Memtrace.Tool.Tests.Documents;

/// <summary>A process and a recording to try the commands of the documents on, in place of those that the documents speak of.</summary>
public sealed class Rehearsal : IAsyncLifetime
{
    private static readonly string[] TargetOptions = ["-p", "--process-id", "-n", "--name"];

    private readonly ScratchFolder _folder = new();
    private TargetProcess? _leaky;

    public async ValueTask InitializeAsync()
    {
        _leaky = await TargetProcess.LeakyAsync();
        (await Tool.RunAsync("collect", "-p", $"{_leaky.Id}", "--live", "--gc-at-end", "--duration", "3s", "--quiet", "-o", _folder.Recording)).HasExitCode(0);
    }

    public ValueTask DisposeAsync()
    {
        _leaky?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a command can be tried: it needs no file of another format, and no port.</summary>
    public static bool IsPossible(IReadOnlyList<string> arguments) =>
        !arguments.Any(argument => argument is "--diagnostic-port" or "--dport" || argument.EndsWith(".etlx", StringComparison.Ordinal) || argument.EndsWith(".etl", StringComparison.Ordinal));

    /// <summary>A command with what is there in place of what it names, and short.</summary>
    public IReadOnlyList<string> Adapt(IReadOnlyList<string> arguments)
    {
        var launched = arguments.Contains("--");
        var own = arguments.TakeWhile(argument => argument != "--").ToList();
        for (var index = 1; index < own.Count; index++)
        {
            if (TargetOptions.Contains(own[index - 1]))
                (own[index - 1], own[index]) = ("-p", $"{_leaky!.Id}");
            else if (own[index - 1] == "--duration")
                own[index] = "1s";
            else if (own[index - 1] is "--from" or "--to")
                own[index] = own[index - 1] == "--from" ? "1s" : "2s";
        }

        var isTimed = own[0] is "collect" or "monitor";
        string[] target = launched ? ["--", .. TargetPrograms.Command("Leaky", "--seconds", "1")] : own.Contains("-p") || !IsAttaching(own[0]) ? [] : ["-p", $"{_leaky!.Id}"];
        string[] limit = isTimed && !own.Contains("--duration") ? ["--duration", "1s"] : [];
        string[] consent = own[0] == "gc" && !own.Contains("--yes") && !own.Contains("-y") ? ["--yes"] : [];
        return [.. own, .. limit, .. consent, .. target];
    }

    /// <summary>Runs a command in a folder of its own, which holds each recording that it names.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var folder = new ScratchFolder();
        if (!IsAttaching(arguments[0]))
        {
            foreach (var file in arguments.Where(argument => argument.EndsWith(".nettrace", StringComparison.Ordinal)))
                File.CreateSymbolicLink(folder.File(file), _folder.Recording);
        }

        return (await Tool.RunUnderAsync(["sh", "-c", "cd \"$0\" && exec \"$@\"", folder.Path], [.. arguments])).ExitCode;
    }

    private static bool IsAttaching(string verb) => verb is "where" or "gc" or "collect" or "monitor";
}
