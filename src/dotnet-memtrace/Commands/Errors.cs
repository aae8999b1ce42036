using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Errors and warnings on standard error.</summary>
internal static class Errors
{
    /// <summary>Writes an error, cleaned of control characters.</summary>
    /// <param name="message">What is wrong and what to do about it.</param>
    public static void Write(string message) => Write("error", message);

    /// <summary>Writes a failure of the library, and what to do about it.</summary>
    /// <param name="failure">The failure.</param>
    public static void Write(Exception failure) => Write(FailureText.Of(failure));

    /// <summary>Writes an error that ends the command.</summary>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="message">What is wrong and what to do about it.</param>
    /// <returns>The exit code.</returns>
    public static int Fail(int exitCode, string message)
    {
        Write(message);
        return exitCode;
    }

    /// <summary>Writes a warning: the command did its work, but probably not as intended.</summary>
    /// <param name="message">What to check.</param>
    public static void Warn(string message) => Write("warning", message);

    private static void Write(string kind, string message) => Notice.Write($"{kind}: {message}");
}
