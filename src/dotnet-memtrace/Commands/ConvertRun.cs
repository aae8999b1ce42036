using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Carries out a <see cref="ConvertRequest"/>: reads the recording, then writes the file.</summary>
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
            var (all, selected) = request.Selection.Read(request.Recording, needsSurvival: request.Value != CallTreeValue.Allocated);
            Write(request.Redact ? new Redactor(all).Apply(selected) : selected);
            return ExitCode.Ok;
        }
        catch (CommandException error)
        {
            Errors.Write(error.Message);
            return error.ExitCode;
        }
    }

    private void Write(MemoryProfile profile)
    {
        try
        {
            if (request.Output is { } file)
                Tell(file, OutputFile.Write(file, request.Overwrite, stream => request.Format.Write(stream, profile, Options)));
            else
                WriteToStandardOutput(profile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TracingError, $"cannot write {request.Output ?? "the standard output"}: {error.Message}");
        }
    }

    private void WriteToStandardOutput(MemoryProfile profile)
    {
        using var stream = new BufferedStream(Console.OpenStandardOutput());
        request.Format.Write(stream, profile, Options);
    }

    private void Tell(string file, long bytes)
    {
        var name = TerminalText.Clean(file);
        Console.Out.WriteLine($"{name}: {ByteSize.Format(bytes)}, to be opened with {request.Format.Opening.Replace("FILE", name, StringComparison.Ordinal)}");
    }
}
