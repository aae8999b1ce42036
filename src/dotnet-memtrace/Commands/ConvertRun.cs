using Memtrace.Analysis.Comparison;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Carries out a <see cref="ConvertRequest"/>: reads the recording, or two, then writes the file.</summary>
/// <param name="request">What was asked for.</param>
internal sealed class ConvertRun(ConvertRequest request)
{
    // What was asked for by name would tell the name.
    private ConvertOptions Options => new(request.Value, request.Redact ? null : request.Selection.Filter);

    /// <summary>Reads and writes.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        try
        {
            if (request.Output is { } file)
                OutputFile.RequireFree(file, request.Overwrite);
            Write(request.Against is null ? Profile() : Comparison(request.Against));
            return ExitCode.Ok;
        }
        catch (CommandException error)
        {
            Errors.Write(error.Message);
            return error.ExitCode;
        }
    }

    /// <summary>Reads the recording.</summary>
    /// <returns>What writes it in the format.</returns>
    private Action<Stream> Profile()
    {
        var (all, selected) = request.Selection.Read(request.Recording, needsSurvival: request.Value != CallTreeValue.Allocated);
        if (request.Selection.IsPart && IsEmpty(selected))
            Errors.Warn($"{request.Recording}: {(IsEmpty(all) ? "there was nothing then" : "nothing matches")}.");
        var profile = request.Redact ? new Redactor(all).Apply(selected) : selected;
        return stream => request.Format.Write(stream, profile, Options);
    }

    private bool IsEmpty(MemoryProfile profile) => request.Value switch
    {
        CallTreeValue.Live => profile.Live!.End.Stacks.IsEmpty,
        CallTreeValue.Peak => profile.Live!.Peak.Stacks.IsEmpty,
        _ => profile.Allocations.Stacks.IsEmpty,
    };

    /// <summary>Reads both recordings and compares them.</summary>
    /// <returns>What writes the changes in the format.</returns>
    private Action<Stream> Comparison(string against)
    {
        var (allBefore, before) = request.Selection.Read(against, needsSurvival: false);
        var (allAfter, after) = request.Selection.Read(request.Recording, needsSurvival: false);
        var comparison = ProfileComparer.Compare(before, after, new ComparisonOptions { Tree = true });
        if (request.Redact)
            comparison = new Redactor(allBefore, allAfter).Apply(comparison);
        return stream => request.Format.WriteComparison!(stream, comparison, Options);
    }

    private void Write(Action<Stream> write)
    {
        try
        {
            if (request.Output is { } file)
                Tell(file, OutputFile.Write(file, request.Overwrite, write));
            else
                WriteToStandardOutput(write);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TracingError, $"cannot write {request.Output ?? "the standard output"}: {error.Message}");
        }
    }

    private static void WriteToStandardOutput(Action<Stream> write)
    {
        using var stream = new BufferedStream(Console.OpenStandardOutput());
        write(stream);
    }

    private void Tell(string file, long bytes)
    {
        var name = TerminalText.Clean(file);
        Console.Out.WriteLine($"{name}: {ByteSize.Format(bytes)}, to be opened with {request.Format.Opening.Replace("FILE", name, StringComparison.Ordinal)}");
    }
}
