using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Memtrace.Tool.Terminal;

/// <summary>The user's program for text that is longer than the screen.</summary>
/// <param name="command">Its command line for the shell.</param>
internal sealed class Pager(string command)
{
    /// <summary>The environment variable with the command.</summary>
    public const string Variable = "PAGER";

    // What a shell exits with if it cannot start a command. POSIX, "Exit Status for Commands".
    private const int CannotStart = 126;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The pager of the environment; null if there is none.</summary>
    public static Pager? FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { } command && !string.IsNullOrWhiteSpace(command) ? new Pager(command) : null;

    /// <summary>Shows a text and waits until the user has left the pager.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it was shown: false if the pager cannot be started.</returns>
    public bool TryShow(string text)
    {
        // Ctrl+C is meant for the pager.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        try
        {
            using var process = Process.Start(Shell())!;
            Write(process, text);
            process.WaitForExit();
            return process.ExitCode < CannotStart;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private ProcessStartInfo Shell()
    {
        var (shell, option) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        var start = new ProcessStartInfo(shell, [option, command]) { UseShellExecute = false, RedirectStandardInput = true, StandardInputEncoding = Utf8 };

        // As git does: less shows colors, and exits by itself where the text fits on the screen.
        start.Environment.TryAdd("LESS", "FRX");
        return start;
    }

    private static void Write(Process process, string text)
    {
        try
        {
            using var input = process.StandardInput;
            input.Write(text);
        }
        catch (IOException)
        {
            // The user has left before the end.
        }
    }
}
