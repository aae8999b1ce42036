using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Terminal;

/// <summary>Asks the user yes or no.</summary>
internal static class Confirmation
{
    /// <summary>Asks on standard error; anything but y or yes is no.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<bool> AskAsync(string question, CancellationToken cancellation)
    {
        Console.Error.Write($"{question} [y/N] ");
        return (KeyReader.HasStarted ? await ReadKeyAsync(cancellation) : Console.In.ReadLine()?.Trim()) is "y" or "Y" or "yes";
    }

    // Once the list has read keys, its reader gets all of them, and they are not echoed.
    private static async Task<string?> ReadKeyAsync(CancellationToken cancellation)
    {
        var pressed = await KeyReader.Keys.WaitToReadAsync(cancellation) && KeyReader.Keys.TryRead(out var key) ? $"{key.KeyChar}" : null;
        Console.Error.WriteLine(TerminalText.Clean(pressed ?? ""));
        return pressed;
    }
}
