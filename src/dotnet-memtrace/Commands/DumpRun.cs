using System.Text;
using Memtrace.Exporting.Dump;
using Memtrace.Reading;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Reads a recording and writes what is in it to the standard output.</summary>
/// <param name="file">The recording.</param>
/// <param name="filter">What is left out.</param>
internal sealed class DumpRun(string file, DumpFilter filter)
{
    private const int BufferSize = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Reads and writes. Where nobody reads the output any more, that ends it.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        using var output = StandardOutput.Open();
        var text = new StreamWriter(output, Utf8, BufferSize, leaveOpen: true);
        var dump = new RecordingDump(text, filter, TerminalText.Clean);
        try
        {
            dump.Write(file);
            text.Flush();
            return dump.IsDamaged ? ExitCode.TracingError : ExitCode.Ok;
        }
        catch (RecordingException error)
        {
            Errors.Write(error.Message);
            return ExitCode.TracingError;
        }
        catch (IOException error) when (StandardOutput.IsClosed(error))
        {
            return ExitCode.Ok;
        }
        catch (IOException error)
        {
            Errors.Write($"cannot write the standard output: {error.Message}");
            return ExitCode.TracingError;
        }
    }
}
