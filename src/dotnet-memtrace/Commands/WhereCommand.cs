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

/// <summary><c>dotnet-memtrace where</c>: shows where the memory of a process is.</summary>
internal static class WhereCommand
{
    private const string Summary = "Break down the resident memory of a .NET process by category, without a recording.";

    private const string Details = """
        Categories: GC heap, GC bookkeeping, JIT code, loader heaps, images, thread stacks, malloc, mapped files, shared memory, other
        anonymous memory. Their sum is the resident set (RSS). Reading the memory map delays the process's mmap and munmap calls,
        by about 25 ms per GB. Then the runtime is asked for the generation sizes as of the last collection, which takes about a second and,
        the first time, about 7 MB in the process. No collection is forced.

        Examples:
          dotnet-memtrace where                        pick a process from a list
          dotnet-memtrace where -p 1234                show the categories
          dotnet-memtrace where -n MyApp --no-attach   do not ask the runtime; also works with diagnostics disabled
          dotnet-memtrace where -p 1234 --maps         list each mapping with its category and the reason
          dotnet-memtrace where -p 1234 --format json  show them as JSON

        Exit codes: 0 shown; 1 no such process, or its mappings cannot be read (--maps); 3 invalid arguments;
        4 the operating system does not list mappings (--maps).
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> NoAttach = new("--no-attach") { Description = "Do not ask the runtime; the GC heap is shown without generations." };

    private static readonly Option<bool> Maps = new("--maps") { Description = "List each mapping with its category and the reason for it." };

    private static readonly Option<WhereFormat> Format = OptionFactory.Choice<WhereFormat>("--format", "table (default) or json.");

    /// <summary>Creates the command.</summary>
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

/// <summary>The output formats of <see cref="WhereCommand"/>.</summary>
internal enum WhereFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>JSON for programs.</summary>
    Json,
}

/// <summary>One run of <c>where</c>: takes a snapshot of the memory map, asks the runtime, and writes the result.</summary>
/// <param name="format">The output format.</param>
/// <param name="maps">Whether to list the mappings.</param>
/// <param name="attach">Whether to ask the runtime.</param>
internal sealed class WhereRun(WhereFormat format, bool maps, bool attach)
{
    /// <summary>Redirected output is wide enough for reasons and names.</summary>
    private const int ListWidth = 240;

    /// <summary>How long a process may take to exit after it has closed its connection.</summary>
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(1);

    private static (TargetError Error, string Why) WithoutMappings => OperatingSystem.IsLinux()
        ? (TargetError.PermissionDenied, "/proc/PID/smaps cannot be read; run as its user or with sudo.")
        : (TargetError.NotSupported, "this operating system reports only its working set.");

    /// <summary>Runs.</summary>
    /// <param name="findProcess">Finds the process id.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(Func<Task<int>> findProcess, CancellationToken cancellation)
    {
        var process = DotnetProcesses.Find(await findProcess());

        // The snapshot comes first: a session takes memory in the process.
        var map = MemoryMapReader.Read(process.Id)
            ?? throw new TargetException(TargetError.Exited, $"Process {process.Id} ({process.Name}) has exited.");
        if (maps && map.HasSumsOnly)
            throw new TargetException(WithoutMappings.Error, $"The mappings of process {process.Id} ({process.Name}) cannot be listed: {WithoutMappings.Why}");
        var description = new ProcessDescription(process.Id, process.Name, process.CommandLine, null, null, null, 0, null, null);
        var breakdown = map.Summarize();
        if (!process.IsCertain)
            breakdown = WithLimit(breakdown, "This may not be a .NET process: its executable and its libraries cannot be read.");
        if (attach)
            (description, breakdown) = await AskAsync(description, breakdown, cancellation);
        Write(description, breakdown, map);
        return ExitCode.Ok;
    }

    // If the runtime cannot be asked, the categories are shown anyway.
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
            var generations = await GenerationCounters.ReadAsync(target, TimeProvider.System, cancellation);
            return (process, generations is { } sizes
                ? breakdown.WithGenerations(sizes)
                : WithLimit(breakdown, await target.ExitsWithinAsync(ExitLimit, TimeProvider.System)
                    ? "The process exited before its runtime reported the generation sizes."
                    : "The runtime did not report the generation sizes in time."));
        }
        catch (TargetException error)
        {
            return (process, WithLimit(breakdown, $"The runtime cannot be asked for the generation sizes: {FailureText.Of(error)}"));
        }
    }

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
        page.Section("Mappings", $"{Count.Format(map.Mappings.Length)}, in address order");
        TextTable.Write(page, MappingTable.Of(map));
    }
}
