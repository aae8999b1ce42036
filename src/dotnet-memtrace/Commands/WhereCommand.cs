using System.CommandLine;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Footprint.Maps;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace where</c>: where the memory of a process is, at once.</summary>
internal static class WhereCommand
{
    private const string Summary = "Show where the resident memory of a .NET process is, at once and without a recording: every byte in a category.";

    private const string Details = """
        Categories: GC heap, GC bookkeeping, JIT code, loader heaps, images, thread stacks, malloc, mapped files, shared memory, other
        anonymous memory. Their sum is the resident set. The look itself makes the process wait where it maps or unmaps memory meanwhile,
        some 25 ms for each GB. Afterwards the runtime is asked for the sizes of the generations as of the last collection, which takes
        about a second and, the first time, some 7 MB in the process; no collection is induced.

        Examples:
          dotnet-memtrace where                        choose a process from a list
          dotnet-memtrace where -p 1234                the categories
          dotnet-memtrace where -n MyApp --no-attach   the operating system's view only: works also with diagnostics switched off
          dotnet-memtrace where -p 1234 --maps         each mapping, its category and why
          dotnet-memtrace where -p 1234 --format json  for programs

        Exit codes: 0 shown, 1 there is no such process or --maps and its mappings may not be read, 3 wrong arguments,
        4 --maps where the operating system does not list mappings.
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> NoAttach = new("--no-attach") { Description = "Do not ask the runtime: no generations." };

    private static readonly Option<bool> Maps = new("--maps") { Description = "List each mapping with its category and the reason for that." };

    private static readonly Option<WhereFormat> Format = OptionFactory.Choice<WhereFormat>("--format", "table for people (default), or json.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("where", Summary, Details);
        Process.RequireIn(command);
        command.Add(NoAttach);
        command.Add(Maps);
        command.Add(Format);
        command.SetAction((parsed, cancellation) => new WhereRun(
            parsed.GetValue(Format), parsed.GetValue(Maps), !parsed.GetValue(NoAttach)).ExecuteAsync(() => Process.FindAsync(parsed, cancellation), cancellation));
        return command;
    }
}

/// <summary>What <see cref="WhereCommand"/> writes.</summary>
internal enum WhereFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>One run of <c>where</c>: looks at the process, then asks it, then writes.</summary>
/// <param name="format">What to write.</param>
/// <param name="maps">Whether to list the mappings.</param>
/// <param name="attach">Whether to ask the runtime.</param>
internal sealed class WhereRun(WhereFormat format, bool maps, bool attach)
{
    /// <summary>A list of mappings in a file has room for their reasons and names.</summary>
    private const int ListWidth = 240;

    /// <summary>How long a process may take to be gone after its connection has broken off.</summary>
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(1);

    private static (TargetError Error, string Why) WithoutMappings => OperatingSystem.IsLinux()
        ? (TargetError.PermissionDenied, "/proc/PID/smaps may not be read; run as its user or with sudo.")
        : (TargetError.NotSupported, "this system tells its working set only.");

    /// <summary>Runs.</summary>
    /// <param name="findProcess">Tells the process's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(Func<Task<int>> findProcess, CancellationToken cancellation)
    {
        try
        {
            var process = DotnetProcesses.Find(await findProcess());

            // First the look, then the question: a session takes memory in the process.
            var map = MemoryMapReader.Read(process.Id)
                ?? throw new TargetException(TargetError.Exited, $"Process {process.Id} ({process.Name}) has exited.");
            if (maps && map.HasSumsOnly)
                throw new TargetException(WithoutMappings.Error, $"The mappings of process {process.Id} ({process.Name}) cannot be listed: {WithoutMappings.Why}");
            var description = new ProcessDescription(process.Id, process.Name, process.CommandLine, null, null, null, 0, null, null);
            var breakdown = map.Summarize();
            if (!process.IsCertain)
                breakdown = WithLimit(breakdown, "It cannot be told whether this is a .NET process: its program file and its libraries may not be looked at.");
            if (attach)
                (description, breakdown) = await AskAsync(description, breakdown, cancellation);
            Write(description, breakdown, map);
            return ExitCode.Ok;
        }
        catch (TargetException error)
        {
            Errors.Write(error.Message);
            return ExitCode.Of(error);
        }
    }

    // A runtime that cannot be asked leaves the categories as they are.
    private static async Task<(ProcessDescription Process, MemoryBreakdown Breakdown)> AskAsync(
        ProcessDescription process, MemoryBreakdown breakdown, CancellationToken cancellation)
    {
        try
        {
            await using var target = await Target.AttachAsync(process.Id, TargetOptions.AnswerTimeout, cancellation);
            var known = target.Description;
            process = process with
            {
                RuntimeVersion = known.RuntimeVersion,
                Architecture = known.Architecture,
                OperatingSystem = known.OperatingSystem,
                ProcessorCount = known.ProcessorCount,
            };
            var generations = await GenerationCounters.ReadAsync(target, cancellation);
            return (process, generations is { } sizes
                ? breakdown.WithGenerations(sizes)
                : WithLimit(breakdown, await HasExitedAsync(target)
                    ? "The process has exited before its runtime told the sizes of the generations."
                    : "The runtime did not tell the sizes of the generations in time."));
        }
        catch (TargetException error)
        {
            return (process, WithLimit(breakdown, $"The runtime cannot be asked for the sizes of the generations: {error.Message}"));
        }
    }

    // A process that ends closes its connections first.
    private static async Task<bool> HasExitedAsync(Target target) => await Task.WhenAny(target.Exit, Task.Delay(ExitLimit)) == target.Exit;

    private static MemoryBreakdown WithLimit(MemoryBreakdown breakdown, string limit) => breakdown with { Limits = [.. breakdown.Limits, limit] };

    private void Write(ProcessDescription process, MemoryBreakdown breakdown, MemoryMap map)
    {
        if (format == WhereFormat.Json)
        {
            using var output = Console.OpenStandardOutput();
            if (maps)
                JsonBreakdown.Write(output, process, breakdown, map);
            else
                JsonBreakdown.Write(output, process, breakdown);
            output.Write("\n"u8);
            return;
        }

        var page = new ReportPage(ReportConsole.StandardOutput(maps && Console.IsOutputRedirected ? ListWidth : null));
        HeaderSection.WriteProcess(page, process);
        BreakdownSection.Write(page, breakdown);
        if (!maps)
            return;
        page.Section("Mappings", $"{Count.Format(map.Mappings.Length)}, in order of their addresses");
        TextTable.Write(page, MappingTable.Of(map));
    }
}
