using System.CommandLine;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace gc</c>: one full collection, and what comes of it.</summary>
internal static class GcCommand
{
    private const string Summary = "Have a .NET process do one full garbage collection, and show the memory before and after: what was dead, what came back.";

    private const string Details = """
        The collection blocks: the process stands still for it, some 0.1 s to 1 s for each GB that lives. So it is asked for on a terminal;
        without one, --yes is needed. What is small after it and grows back is garbage; what stays is held. With no process named, a terminal
        shows a list of them to choose from.

        Examples:
          dotnet-memtrace gc -p 1234
          dotnet-memtrace gc -n MyApp --yes --format json

        Exit codes: 0 collected (or declined), 1 there is no such process or it cannot be attached to, 2 the runtime did not tell what came
        of it, 3 wrong arguments, or no --yes where nobody can be asked, 4 a runtime without diagnostics (Native AOT).
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };

    private static readonly Option<GcFormat> Format = OptionFactory.Choice<GcFormat>("--format", "table for people (default), or json.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("gc", Summary, Details);
        Process.RequireIn(command);
        command.Add(Yes);
        command.Add(Format);
        command.SetAction((parsed, cancellation) => !parsed.GetValue(Yes) && Console.IsInputRedirected
            ? Task.FromResult(CommandLine.Reject(parsed.CommandResult, "A collection stops the process, and there is no terminal to ask: confirm with --yes."))
            : new GcRun(parsed.GetValue(Format), !parsed.GetValue(Yes)).ExecuteAsync(() => Process.FindAsync(parsed, cancellation), cancellation));
        return command;
    }
}

/// <summary>What <see cref="GcCommand"/> writes.</summary>
internal enum GcFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}
