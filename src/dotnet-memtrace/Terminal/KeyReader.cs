using System.Threading.Channels;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// Reads keys without echo, continuously on its own thread: between two reads a terminal would echo what is typed.
/// </summary>
internal static class KeyReader
{
    private static readonly Lazy<ChannelReader<ConsoleKeyInfo>> Reader = new(Start);

    /// <summary>Whether reading has started, after which nobody else receives keys.</summary>
    public static bool HasStarted => Reader.IsValueCreated;

    /// <summary>The keys. The first use starts reading, which continues until the process exits.</summary>
    public static ChannelReader<ConsoleKeyInfo> Keys => Reader.Value;

    /// <summary>Waits for a key; without a keyboard, until cancelled.</summary>
    public static Task WaitAsync(CancellationToken cancellation) =>
        Keys.Completion.IsCompleted ? Task.Delay(Timeout.Infinite, cancellation) : Keys.WaitToReadAsync(cancellation).AsTask();

    private static ChannelReader<ConsoleKeyInfo> Start()
    {
        var channel = Channel.CreateUnbounded<ConsoleKeyInfo>();
        new Thread(() => Read(channel.Writer)) { IsBackground = true, Name = "Keys" }.Start();
        return channel.Reader;
    }

    private static void Read(ChannelWriter<ConsoleKeyInfo> keys)
    {
        try
        {
            while (true)
                keys.TryWrite(Console.ReadKey(intercept: true));
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // There is no keyboard, or it is gone.
            keys.TryComplete();
        }
    }
}
