using Memtrace.TestSupport.Servers;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>The commands of the documents that watch: each attaches to a sample program, in place of those that it names, and ends when it is asked to.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class WatchRehearsalTests : IDisposable
{
    private static readonly string[] Selections = ["-p", "--process-id", "-n", "--name", "--filter", "--user", "--container"];

    private readonly ScratchFolder _folder = new();

    public static TheoryData<string> Commands { get; } = new(Watching().Where(command => !command.Contains("--check", StringComparison.Ordinal)));

    public static TheoryData<string> Checks { get; } = new(Watching().Where(command => command.Contains("--check", StringComparison.Ordinal)));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_watches_until_it_is_stopped(string command)
    {
        using var idle = await TargetProcess.IdleAsync();
        using var watch = Tool.Start([.. Adapt(command), "-p", $"{idle.Id}", "--directory", _folder.File("saved")]);

        await watch.SaysAsync($"({idle.Id}): watching");

        (await watch.EndAsync("TERM")).HasExitCode(ExitCode.Ok);
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Each_check_accepts_the_rules_that_the_page_shows(string command) => (await Tool.RunAsync([.. Adapt(command)])).HasExitCode(ExitCode.Ok);

    private static IEnumerable<string> Watching() =>
        DocumentTests.Commands.Select(row => row.Data.Item2).Where(command => command.StartsWith("watch ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    /// <summary>The command without its processes and its directory, with rules that exist, and a port that is free.</summary>
    private List<string> Adapt(string command)
    {
        var adapted = new List<string>();
        var words = ShellLine.Commands(command).First();
        for (var index = 0; index < words.Count; index++)
        {
            if (words[index] is "--all")
                continue;
            if (Selections.Contains(words[index]) || words[index] is "-d" or "--directory")
                index++;
            else
                adapted.Add(index == 0 ? words[index] : Adapt(words[index - 1], words[index]));
        }

        return adapted;
    }

    private string Adapt(string option, string value) => option switch
    {
        "--config" or "--check" => Rules(),
        "--listen" => $"127.0.0.1:{FreePort.Find()}",
        _ => value,
    };

    /// <summary>The rules that the page shows.</summary>
    private string Rules()
    {
        var page = Document.Read("docs/watch.md").Lines;
        var file = _folder.File("watch.conf");
        File.WriteAllLines(file, page.SkipWhile(line => !line.StartsWith("when ", StringComparison.Ordinal)).TakeWhile(line => line != "```"));
        return file;
    }
}
