using System.Diagnostics;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>Finds the .NET processes of this machine and its containers, without connecting to any.</summary>
internal static class DotnetProcesses
{
    /// <summary>All processes that appear to be .NET processes, except this one, by id.</summary>
    /// <exception cref="TargetException">This system does not list processes.</exception>
    public static IReadOnlyList<DotnetProcess> List() => List(_ => true);

    /// <summary>Some of the processes that appear to be .NET processes, except this one, by id.</summary>
    /// <param name="isExamined">Whether to examine a process; others are left out. Asked on Linux only.</param>
    /// <exception cref="TargetException">This system does not list processes.</exception>
    public static IReadOnlyList<DotnetProcess> List(Func<LinuxProcess, bool> isExamined) =>
        [.. (OperatingSystem.IsLinux() ? ListLinux(isExamined) : ListPublished()).OrderBy(process => process.Id)];

    /// <summary>Finds a .NET process by its id. A process that cannot be inspected is assumed to be one.</summary>
    /// <exception cref="TargetException">There is no process with that id, or it is not a .NET process.</exception>
    public static DotnetProcess Find(int processId)
    {
        var identity = TargetIdentity.Find(processId);
        if (identity.Process is not { } process)
            return new DotnetProcess(processId, identity.Name, "", null, null, null);
        RuntimeKind? kind = DiagnosticEndpoint.Find(process) is null ? RuntimeDetector.Detect(process) : null;
        if (kind == RuntimeKind.None)
            throw TargetFailure.From(identity, new Obstacle(TargetError.NotDotnet, "is not a .NET process"));
        return Describe(process) with { IsCertain = kind != RuntimeKind.Unknown };
    }

    /// <summary>The id of the only .NET process with that name. Case is ignored if no name matches exactly.</summary>
    /// <exception cref="TargetException">No process or several have the name; the message lists them.</exception>
    public static int ResolveName(string name) => ResolveName(name, List());

    internal static int ResolveName(string name, IReadOnlyList<DotnetProcess> processes)
    {
        List<DotnetProcess> matches = [.. processes.Where(process => process.Name == name)];
        if (matches.Count == 0)
            matches = [.. processes.Where(process => string.Equals(process.Name, name, StringComparison.OrdinalIgnoreCase))];
        return matches switch
        {
            [var match] => match.Id,
            [] => throw new TargetException(TargetError.NoSuchName, $"No .NET process is named {name}. {Others(processes)}"),
            _ => throw new TargetException(
                TargetError.AmbiguousName,
                $"{matches.Count} .NET processes are named {name}: {string.Join(", ", matches.Select(match => match.Id))}."),
        };
    }

    private static string Others(IReadOnlyList<DotnetProcess> processes) => processes.Count == 0
        ? "No .NET process is running."
        : $"Running: {string.Join(", ", processes.Select(process => $"{process.Name} ({process.Id})"))}.";

    private static IEnumerable<DotnetProcess> ListLinux(Func<LinuxProcess, bool> isExamined) => Directory.Exists("/proc/self")
        ? ReadLinux(isExamined)
        : throw new TargetException(TargetError.NotSupported, "Processes cannot be listed: /proc is not mounted.");

    private static IEnumerable<DotnetProcess> ReadLinux(Func<LinuxProcess, bool> isExamined) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0 && id != Environment.ProcessId
        let process = LinuxProcess.Open(id)
        where process is not null && isExamined(process) && LooksLikeDotnet(process)
        select Describe(process);

    private static bool LooksLikeDotnet(LinuxProcess process) =>
        DiagnosticEndpoint.Find(process) is not null
        || RuntimeDetector.Detect(process) is var kind && (kind == RuntimeKind.Unknown ? LooksLikeHost(process) : kind != RuntimeKind.None);

    /// <summary>For another user's process only the command line is visible.</summary>
    private static bool LooksLikeHost(LinuxProcess process) => process.Arguments is [var command, ..] && Path.GetFileName(command) == "dotnet";

    private static DotnetProcess Describe(LinuxProcess process)
    {
        var obstacle = Obstacle.Find(process)?.Reason;
        return new DotnetProcess(process.Id, process.Name, process.CommandLine, Users.NameOf(process.UserId), process.StartedAt, obstacle);
    }

    private static IEnumerable<DotnetProcess> ListPublished() =>
        from id in PublishedIds()
        where id != Environment.ProcessId
        let process = DescribePortably(id)
        where process is not null
        select process;

    private static int[] PublishedIds()
    {
        try
        {
#pragma warning disable RS0030 // Banned because it throws on Linux if a kernel thread is visible; elsewhere there is no other way to find the processes.
            return [.. DiagnosticsClient.GetPublishedProcesses()];
#pragma warning restore RS0030
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return [];
        }
    }

    private static DotnetProcess? DescribePortably(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return new DotnetProcess(id, process.ProcessName, "", null, new DateTimeOffset(process.StartTime), null);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
