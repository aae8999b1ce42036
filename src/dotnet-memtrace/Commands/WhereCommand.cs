using System.CommandLine;

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
