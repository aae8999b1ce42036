using System.Globalization;
using System.Text;

namespace Memtrace.Processes;

/// <summary>A process as /proc shows it (proc(5)). No member throws because the process is gone or access is denied.</summary>
internal sealed class LinuxProcess
{
    /// <summary>Ticks per second of the times in /proc/PID/stat: USER_HZ, 100 on every architecture that .NET supports.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The number of CAP_SYS_PTRACE.</summary>
    private const int TraceCapability = 19;

    /// <summary>A byte order mark is ordinary text here: a process can write whatever it likes.</summary>
    private static readonly UTF8Encoding PlainText = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly Lazy<DateTimeOffset?> BootTime = new(ReadBootTime);

    private static readonly Lazy<HashSet<int>> OnlineProcessors = new(() => [.. NumberList.Parse(ReadText("/sys/devices/system/cpu/online") ?? "")]);

    private readonly ProcessStat _stat;
    private readonly Dictionary<string, string> _status;
    private readonly Lazy<string[]?> _environment;
    private readonly Lazy<string[]> _arguments;

    private LinuxProcess(int id, ProcessStat stat, Dictionary<string, string> status)
    {
        Id = id;
        _stat = stat;
        _status = status;
        _environment = new Lazy<string[]?>(() => ReadStrings("environ"));
        _arguments = new Lazy<string[]>(() => ReadStrings("cmdline") ?? []);
    }

    /// <summary>The process id, as seen from here.</summary>
    public int Id { get; }

    /// <summary>Whether it has exited and was not reaped by its parent.</summary>
    public bool IsZombie => _stat.State is 'Z' or 'X';

    /// <summary>Whether a signal or a debugger has stopped it.</summary>
    public bool IsStopped => _stat.State is 'T';

    /// <summary>The process that started it; 0 if that is not visible from here.</summary>
    public int ParentId => _stat.ParentId;

    /// <summary>When it started, in ticks since boot. Together with the id, this identifies a process uniquely.</summary>
    public long StartTicks => _stat.StartTicks;

    /// <summary>The program that it runs.</summary>
    public ProgramIdentity Program => new(StartTicks, _stat.StackStart is > 0 and var start ? start : null);

    /// <summary>The wait status of a zombie.</summary>
    public int WaitStatus => _stat.WaitStatus;

    /// <summary>When it started; null if the boot time is unknown.</summary>
    public DateTimeOffset? StartedAt => BootTime.Value?.AddSeconds(StartTicks / TicksPerSecond);

    /// <summary>The process that debugs it; null if there is none.</summary>
    public int? TracerId => Numbers("TracerPid") is [> 0 and var tracer] ? tracer : null;

    /// <summary>The effective user id; null if unknown.</summary>
    public int? UserId => Numbers("Uid") is [_, var effective, ..] ? effective : null;

    /// <summary>The users that own what the process creates: its real, effective, saved and file system user, and root.</summary>
    public IReadOnlyList<int> Owners => [.. Numbers("Uid"), 0];

    /// <summary>Whether it may trace processes of other users: CAP_SYS_PTRACE of capabilities(7) is in effect.</summary>
    public bool HasTraceCapability =>
        ulong.TryParse(_status.GetValueOrDefault("CapEff", ""), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set) && (set >> TraceCapability & 1) != 0;

    /// <summary>One of its namespaces; null if access is denied.</summary>
    public string? Namespace(string kind) => Path.GetFileName(ReadLink($"ns/{kind}"));

    /// <summary>Whether one of its descriptors is a socket with this inode; false if access is denied.</summary>
    public bool HasSocket(long inode)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        try
        {
            return Directory.EnumerateFileSystemEntries(PathOf("fd")).Any(descriptor => new FileInfo(descriptor).LinkTarget == name);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return false;
        }
    }

    /// <summary>The process id in its own pid namespace, which is the one in the name of its socket.</summary>
    public int NamespaceId => Numbers("NSpid") is [.., var last] ? last : Id;

    /// <summary>Logical processors that it may run on. The kernel's list includes processors that are not present.</summary>
    public int ProcessorCount => NumberList.Parse(_status.GetValueOrDefault("Cpus_allowed_list", "")).Intersect(OnlineProcessors.Value).Count();

    /// <summary>Its command line; empty for a kernel thread and a zombie.</summary>
    public IReadOnlyList<string> Arguments => _arguments.Value;

    /// <summary>Whether its initial environment can be read.</summary>
    public bool HasReadableEnvironment => _environment.Value is not null;

    /// <summary>Its executable file; null if access is denied.</summary>
    public string? Executable => ReadLink("exe");

    /// <summary>Whether it is a user-mode emulator of QEMU, which runs a program for another processor.</summary>
    public bool IsEmulated => Path.GetFileName(Executable)?.StartsWith("qemu-", StringComparison.Ordinal) == true;

    /// <summary>Its root folder as a path that is valid here, even for a process in a container.</summary>
    public string RootFolder => PathOf("root");

    /// <summary>The application's short name.</summary>
    public string Name => ApplicationName.Of(Arguments, Executable) is { Length: > 0 } name ? name : _stat.Name;

    /// <summary>Its command line as one string.</summary>
    public string CommandLine => string.Join(' ', Arguments);

    /// <summary>Reads what every user may read: state, start time, owner.</summary>
    /// <returns>Null if there is no such process.</returns>
    public static LinuxProcess? Open(int id)
    {
        if (ReadText($"/proc/{id}/stat") is not { } stat || ReadText($"/proc/{id}/status") is not { } status)
            return null;
        return ProcessStat.Parse(stat) is { } parsed ? new LinuxProcess(id, parsed, ParseStatus(status)) : null;
    }

    /// <summary>This process.</summary>
    public static LinuxProcess? Self() => Open(Environment.ProcessId);

    /// <summary>The same process as it is now.</summary>
    /// <returns>Null if it is gone.</returns>
    public LinuxProcess? Refresh() => Open(Id) is { } now && now.StartTicks == StartTicks ? now : null;

    /// <summary>A variable of its initial environment.</summary>
    public string? Variable(string name) =>
        _environment.Value?.FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>The paths of the files mapped into it; null if access is denied.</summary>
    public IEnumerable<string>? MappedFiles()
    {
        try
        {
            // address perms offset dev inode path: the path begins with the first slash.
            return File.ReadLines(PathOf("maps")).Where(line => line.Contains('/')).Select(line => line[line.IndexOf('/')..]);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return null;
        }
    }

    /// <summary>The path of one of its files in /proc.</summary>
    public string PathOf(string entry) => $"/proc/{Id}/{entry}";

    /// <summary>Whether reading /proc throws this when a process exits or access is denied.</summary>
    public static bool IsExpected(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static Dictionary<string, string> ParseStatus(string text)
    {
        var status = new Dictionary<string, string>();
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf(':') is var colon and > 0)
                status[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return status;
    }

    private static DateTimeOffset? ReadBootTime()
    {
        var line = ReadText("/proc/stat")?.Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return long.TryParse(line?["btime ".Length..], CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    private static string? ReadText(string path)
    {
        try
        {
            using var reader = new StreamReader(path, PlainText, detectEncodingFromByteOrderMarks: false);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return null;
        }
    }

    private int[] Numbers(string key) =>
        [.. _status.GetValueOrDefault(key, "").Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : -1)];

    /// <summary>Each string ends with a 0, but a process that has overwritten its title may have left out the last one.</summary>
    private string[]? ReadStrings(string entry) => ReadText(PathOf(entry)) is { } text ? text.Split('\0') is [.. var strings, ""] ? strings : text.Split('\0') : null;

    private string? ReadLink(string entry)
    {
        try
        {
            return File.ResolveLinkTarget(PathOf(entry), returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return null;
        }
    }
}
