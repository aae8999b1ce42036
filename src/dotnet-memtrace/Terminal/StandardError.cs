using System.Text;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// A standard error stream that never fails: messages are dropped if it is closed or full. For a daemon, the recording matters more than
/// messages that no one reads.
/// </summary>
/// <param name="inner">The underlying writer.</param>
internal sealed class StandardError(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Installs it as the standard error of this process.</summary>
    public static void Install() => Console.SetError(new StandardError(Open()));

    /// <inheritdoc/>
    public override void Write(char value) => Try(value, static (writer, text) => writer.Write(text));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(value, static (writer, text) => writer.Write(text));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(value, static (writer, text) => writer.WriteLine(text));

    /// <inheritdoc/>
    public override void Flush() => Try(0, static (writer, _) => writer.Flush());

    private static TextWriter Open()
    {
        try
        {
            return Console.Error;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is closed.
            return Null;
        }
    }

    private void Try<T>(T value, Action<TextWriter, T> write)
    {
        try
        {
            write(inner, value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is nowhere else to report it.
        }
    }
}
