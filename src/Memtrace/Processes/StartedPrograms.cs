using System.Collections.Immutable;
using System.Globalization;

namespace Memtrace.Processes;

/// <summary>A .NET program that a process started.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Name">Its short name.</param>
/// <param name="Command">Its command line.</param>
internal sealed record StartedProgram(int Id, string Name, ImmutableArray<string> Command);

/// <summary>
/// The other .NET programs of a launched command: those beside the recorded one, as in <c>sh -c 'a &amp; b'</c>, and those that it starts. A launcher, such as
/// <c>dotnet run</c> or PowerShell, is itself what is recorded; the program that the user means is one of these. Programs that the recorded one starts and that
/// end between two searches are missed.
/// </summary>
/// <param name="target">The recorded process.</param>
internal sealed class StartedPrograms(Target target)
{
    private readonly Dictionary<int, StartedProgram> _found = [];

    /// <summary>Those known so far, in order of their ids.</summary>
    public IReadOnlyList<StartedProgram> Found => [.. _found.Values.UnionBy(target.LaterPrograms.Where(IsProgram), program => program.Id).OrderBy(program => program.Id)];

    /// <summary>A process as a program.</summary>
    /// <param name="processId">Its id.</param>
    /// <returns>Null if there is none, or this system does not show it.</returns>
    public static StartedProgram? Open(int processId) => OperatingSystem.IsLinux() && LinuxProcess.Open(processId) is { } process ? Describe(process) : null;

    /// <summary>Searches for those that the recorded process started; does nothing on systems that do not show who started a process.</summary>
    public void Search()
    {
        if (!OperatingSystem.IsLinux() || !target.IsLaunched || target.ProcessId == 0)
            return;
        foreach (var process in Descendants().Where(process => !_found.ContainsKey(process.Id) && DiagnosticEndpoint.Find(process) is not null))
        {
            if (Describe(process) is var program && IsProgram(program))
                _found.Add(process.Id, program);
        }
    }

    private static StartedProgram Describe(LinuxProcess process) => new(process.Id, process.Name, [.. process.Arguments]);

    private IEnumerable<LinuxProcess> Descendants()
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id) ? LinuxProcess.Open(id) : null)
            .OfType<LinuxProcess>()
            .ToLookup(process => process.ParentId);
        var ancestors = new Queue<int>([target.ProcessId]);
        while (ancestors.TryDequeue(out var ancestor))
        {
            foreach (var child in children[ancestor])
            {
                yield return child;
                ancestors.Enqueue(child.Id);
            }
        }
    }

    /// <summary>The SDK's own servers (MSBuild, the compiler, the test host's console) are not the user's programs.</summary>
    private static bool IsProgram(StartedProgram program) => !program.Command.Take(4).Any(IsInSdk);

    private static bool IsInSdk(string path)
    {
        const string Folder = "/sdk/";
        return path.IndexOf(Folder, StringComparison.Ordinal) is > 0 and var end && File.Exists($"{path[..end]}/dotnet");
    }
}
