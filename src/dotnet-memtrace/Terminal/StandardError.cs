using System.Text;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// The standard error that never fails: what cannot be written there, because it is closed or full, is left out. A daemon has no place for messages, and its
/// recording matters more than they do.
/// </summary>
/// <param name="inner">Where the text goes.</param>
internal sealed class StandardError(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Makes it the standard error of this process.</summary>
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
            // There is no other place to report it.
        }
    }
}
