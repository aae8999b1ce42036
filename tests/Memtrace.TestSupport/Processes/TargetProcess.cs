using System.Diagnostics;
using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.TestSupport.Processes;

/// <summary>A process that a test works on. It is killed when the test is over.</summary>
internal sealed class TargetProcess : IDisposable
{
    /// <summary>
    /// A script for <c>unshare --mount sh -c</c> that runs <c>dotnet PROGRAM ARGUMENTS...</c> with a /tmp that nobody else sees. The program may lie
    /// under /tmp itself, so its folder is put back to its place.
    /// </summary>
    public const string PrivateTemp =
        "folder=$(dirname \"$2\") && mount --bind \"$folder\" /mnt && mount -t tmpfs none /tmp && mkdir -p \"$folder\" && mount --bind /mnt \"$folder\" && exec \"$@\"";

    /// <summary>
    /// Words of a shell that wait until its parent has opened a descriptor of it (pidfd_open(2)), and thus learns how it ends: of a process that is gone before, only the
    /// exit code is known. After some seconds they go on, for kernels without such descriptors.
    /// </summary>
    public const string UntilWatched = "for i in $(seq 100); do grep -qs \"^Pid:.*[[:space:]]$$\\$\" /proc/$PPID/fdinfo/* && break; sleep 0.1; done";

    private readonly Process _process;
    private readonly bool _isChild;

    private TargetProcess(Process process, int id)
    {
        _process = process;
        Id = id;
        _isChild = process.Id == id;
    }

    /// <summary>The id of the process under test, which need not be our child.</summary>
    public int Id { get; }

    /// <summary>
    /// Where the runtime of a process listens that has the temp folder of everybody. Its start is in the name: the sockets of killed processes stay
    /// behind, and their ids are used again.
    /// </summary>
    public string DiagnosticSocket => $"/tmp/dotnet-diagnostic-{Id}-{StartTicks}-socket";

    /// <summary>Its start in clock ticks since the machine's: field 22 of proc_pid_stat(5). The second field, a name in brackets, may hold anything.</summary>
    private string StartTicks => File.ReadAllText($"/proc/{Id}/stat").Split(") ")[^1].Split(' ')[22 - 3];

    /// <summary>The sleeping .NET program, once it runs.</summary>
    /// <param name="environment">Variables to set.</param>
    public static Task<TargetProcess> IdleAsync(params (string Name, string Value)[] environment) =>
        StartAsync(["dotnet", TargetPrograms.Path("Idle"), "sleep", "600"], environment);

    /// <summary>The sleeping .NET program with a temp folder of its own, where its diagnostic socket is.</summary>
    /// <param name="temp">The folder.</param>
    public static Task<TargetProcess> IdleInAsync(ScratchFolder temp) => IdleAsync(("TMPDIR", temp.Path));

    /// <summary>The diagnostic socket of a program with a temp folder of its own.</summary>
    /// <param name="temp">The folder.</param>
    public static string SocketIn(ScratchFolder temp) => Assert.Single(Directory.GetFiles(temp.Path, "dotnet-diagnostic-*-socket"));

    /// <summary>The sleeping .NET program, in a process that another command starts in its own place, with the words of that command before it.</summary>
    /// <param name="wrapper">The command, such as <c>setpriv --reuid 65534</c>.</param>
    public static Task<TargetProcess> IdleUnderAsync(params string[] wrapper) =>
        StartAsync([.. wrapper, "dotnet", TargetPrograms.Path("Idle"), "sleep", "600"], []);

    /// <summary>The leaking .NET program, at work.</summary>
    /// <param name="arguments">As its source explains them.</param>
    public static Task<TargetProcess> LeakyAsync(params string[] arguments) => StartAsync(["dotnet", TargetPrograms.Path("Leaky"), .. arguments]);

    /// <summary>
    /// The setting with which a program compiles each method once, at its first call. The names of methods come on a separate stream: what was
    /// compiled in the tenth of a second before a kill may not have come yet. A program with this setting soon has nothing left to compile.
    /// </summary>
    public static readonly (string Name, string Value) CompilesOnce = ("DOTNET_TieredCompilation", "0");

    /// <summary>The leaking .NET program, when all methods of its work are compiled, once and for all.</summary>
    public static Task<TargetProcess> WarmLeakyAsync() => StartAsync(TargetPrograms.Command("Leaky", "--warm"), CompilesOnce);

    /// <summary>Waits until it has worked: until it has used so much more processor time.</summary>
    public async Task WorksAsync(TimeSpan processorTime)
    {
        for (var end = _process.TotalProcessorTime + processorTime; _process.TotalProcessorTime < end; _process.Refresh())
            await Task.Delay(50);
    }

    /// <summary>Starts a command and waits until it says <c>ready</c>.</summary>
    public static async Task<TargetProcess> StartAsync(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var process = Start(command, environment);
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.StartsWith("ready", line, StringComparison.Ordinal);
        return new TargetProcess(process, process.Id);
    }

    /// <summary>Starts a command and does not wait for a word of it.</summary>
    public static TargetProcess Run(params string[] command) => Run(command, []);

    /// <summary>Starts a command with variables set, and does not wait for a word of it.</summary>
    public static TargetProcess Run(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var process = Start(command, environment);
        return new TargetProcess(process, process.Id);
    }

    /// <summary>Starts a shell script that prints the id of the process under test, and then what that prints itself.</summary>
    public static async Task<TargetProcess> FromScriptAsync(string script)
    {
        var process = Start(["sh", "-c", script], []);
        var id = int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        return new TargetProcess(process, id);
    }

    /// <summary>Attaches to it.</summary>
    public Task<Target> AttachAsync() => Target.AttachAsync(Id, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>Says a line to it.</summary>
    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>The next line that it says; null at its end.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync();

    /// <summary>Sends a signal by its name, such as <c>STOP</c>.</summary>
    public void Signal(string name) => Signals.Send(Id, name);

    /// <summary>Stops all threads of the process. The signal alone returns before they stand.</summary>
    public async Task StopAsync()
    {
        Signal("STOP");
        while (Directory.GetDirectories($"/proc/{Id}/task").Any(task => !IsStopped(task)))
            await Task.Delay(5);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_isChild)
            Signal("KILL");
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        KilledRuntime.CleanUp(Id);
    }

    private static bool IsStopped(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/stat").Contains(") T ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The thread has ended meanwhile.
            return true;
        }
    }

    private static Process Start(IReadOnlyList<string> command, (string Name, string Value)[] environment)
    {
        var process = ChildProcess.Start(command, environment);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }
}
