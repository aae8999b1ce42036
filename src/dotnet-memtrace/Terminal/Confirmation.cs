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
        return await (KeyReader.HasStarted ? ReadKeyAsync(cancellation) : ReadLineAsync(cancellation)) is "y" or "Y" or "yes";
    }

    // Nothing but its end ends the reading of a line: on Ctrl+C it is left behind, on a thread that the process does not wait for.
    private static async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        try
        {
            return (await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellation))?.Trim();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine();
            throw;
        }
    }

    // Once the list has read keys, its reader gets all of them, and they are not echoed.
    private static async Task<string?> ReadKeyAsync(CancellationToken cancellation)
    {
        var pressed = await KeyReader.Keys.WaitToReadAsync(cancellation) && KeyReader.Keys.TryRead(out var key) ? $"{key.KeyChar}" : null;
        Console.Error.WriteLine(TerminalText.Clean(pressed ?? ""));
        return pressed;
    }
}
