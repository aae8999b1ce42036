using System.CommandLine;
using Memtrace.Footprint;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace ps</c>: the .NET processes of this machine.</summary>
public static class PsCommand
{
    private const string Description = "List the .NET processes that can be attached to, by resident memory, and those that cannot, with the reason.";

    private const string Details = """
        %CPU is over the time of the command, 100 for one processor in full; %MEM is the share of the machine's memory. PEAK is the
        highest resident memory since the process began.

        Examples:
          dotnet-memtrace ps                the processes; one line each says why some cannot be attached to
          dotnet-memtrace ps --format json  for programs

        Exit codes: 0 listed, 3 wrong arguments.
        """;

    /// <summary>Long enough for the kernel's clock of 10 ms to mean something.</summary>
    private static readonly TimeSpan Watching = TimeSpan.FromMilliseconds(200);

    private static readonly Option<PsFormat> Format = OptionFactory.Choice<PsFormat>("--format", "table for people (default), or json.");

    /// <summary>The command, ready to be added to the root.</summary>
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
        // The processes are watched for a while; this is there at once.
        if (format == PsFormat.Table)
            table.WriteHeading(machine, container);
        var usages = await ProcessUsage.WatchAsync(Watching, cancellation);
        if (format == PsFormat.Table)
            table.Write(usages, machine.Total);
        else
            ProcessJson.Write(output, machine, container, usages);
        return ExitCode.Ok;
    }

    private static MachineMemory ReadMachine()
    {
        using var reader = MachineMemoryReader.Open();
        return reader.TryRead(out var memory) ? memory : new MachineMemory(-1, -1, -1);
    }

    private static ContainerMemory? ReadContainer()
    {
        using var reader = ContainerMemoryReader.Open(Environment.ProcessId);
        return reader is not null && reader.TryRead(out var memory) && memory.Limit is not null ? memory : null;
    }

    private static int? Width(TextWriter output) =>
        output == Console.Out && !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : null;
}

/// <summary>What <see cref="PsCommand"/> writes.</summary>
internal enum PsFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}
