using System.Collections.Immutable;
using System.Globalization;

namespace Memtrace.Processes;

/// <summary>A .NET program that a process started.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Name">Its short name.</param>
/// <param name="Command">Its command line.</param>
internal sealed record StartedProgram(int Id, string Name, ImmutableArray<string> Command);

/// <summary>
/// Finds the .NET programs that a recorded process starts. A launcher, such as <c>dotnet run</c> or PowerShell, is itself what is recorded; the program that
/// the user means is one of these. Programs that end between two searches are missed.
/// </summary>
/// <param name="processId">The recorded process.</param>
internal sealed class StartedPrograms(int processId)
{
    private readonly Dictionary<int, StartedProgram> _found = [];

    /// <summary>Those found so far, in order of their ids.</summary>
    public IReadOnlyList<StartedProgram> Found => [.. _found.Values.OrderBy(program => program.Id)];

    /// <summary>Searches; does nothing on systems that do not show who started a process.</summary>
    public void Search()
    {
        if (!OperatingSystem.IsLinux() || processId == 0)
            return;
        foreach (var process in Descendants().Where(process => !_found.ContainsKey(process.Id) && IsProgram(process)))
            _found.Add(process.Id, new StartedProgram(process.Id, process.Name, [.. process.Arguments]));
    }

    private IEnumerable<LinuxProcess> Descendants()
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id) ? LinuxProcess.Open(id) : null)
            .OfType<LinuxProcess>()
            .ToLookup(process => process.ParentId);
        var ancestors = new Queue<int>([processId]);
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
    private static bool IsProgram(LinuxProcess process) => DiagnosticEndpoint.Find(process) is not null && !process.Arguments.Take(4).Any(IsInSdk);

    private static bool IsInSdk(string path)
    {
        const string Folder = "/sdk/";
        return path.IndexOf(Folder, StringComparison.Ordinal) is > 0 and var end && File.Exists($"{path[..end]}/dotnet");
    }
}
