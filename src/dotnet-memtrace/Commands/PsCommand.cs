using System.CommandLine;
using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace ps</c>: lists the .NET processes of this machine.</summary>
internal static class PsCommand
{
    private const string Description = "List .NET processes by resident memory, with the reason if one cannot be attached to.";

    private const string Details = """
        %CPU is measured while the command runs; 100 is one processor in full use. %MEM is the share of the machine's memory. PEAK is the
        highest resident memory since the process started. HUGE (reserved huge pages) and GPU memory are not part of it; their columns
        appear if a process has any. A narrow terminal leaves out columns, THREADS first.

        Examples:
          dotnet-memtrace ps                list the processes
          dotnet-memtrace ps --format json  list them as JSON

        Exit codes: 0 listed; 3 invalid arguments; 4 the operating system does not list processes.
        """;

    /// <summary>Long enough to measure CPU time with the kernel's clock tick of 10 ms.</summary>
    private static readonly TimeSpan CpuInterval = TimeSpan.FromMilliseconds(200);

    private static readonly Option<PsFormat> Format = OptionFactory.Choice<PsFormat>("--format", "table (default) or json.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("ps", Description, Details) { Format };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(Format), parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(PsFormat format, TextWriter output, CancellationToken cancellation)
    {
        var machine = ReadMachine();
        var container = ReadContainer();
        var table = new ProcessTable(output, Width(output));
        // Measuring CPU time takes a moment; the heading need not wait for it.
        if (format == PsFormat.Table)
            table.WriteHeading(machine, container);
        var usages = await ProcessUsage.WatchAsync(CpuInterval, cancellation);
        if (format == PsFormat.Table)
            table.Write(usages, machine?.Total);
        else
            ProcessJson.Write(output, machine, container, usages);
        return ExitCode.Ok;
    }

    private static MachineMemory? ReadMachine()
    {
        using var reader = MachineMemoryReader.Open();
        return reader.TryRead(out var memory) ? memory : null;
    }

    private static ContainerMemory? ReadContainer()
    {
        using var reader = ContainerMemoryReader.Open(Environment.ProcessId);
        return reader is not null && reader.TryRead(out var memory) && memory.Limit is not null ? memory : null;
    }

    private static int? Width(TextWriter output) =>
        output == Console.Out && !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : null;
}

/// <summary>The output formats of <see cref="PsCommand"/>.</summary>
internal enum PsFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>JSON for programs.</summary>
    Json,
}
