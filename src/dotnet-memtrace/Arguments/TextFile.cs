using Memtrace.Reading;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>A text file that an option names.</summary>
internal static class TextFile
{
    /// <summary>Reads it.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.ArgumentError, InputFile.Failure(file, exception));
        }
    }
}
