using System.Threading.Channels;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// The keys that are pressed, without an echo. They are waited for on a thread of their own all the time: between two reads a terminal would show what is typed.
/// </summary>
internal static class KeyReader
{
    private static readonly Lazy<ChannelReader<ConsoleKeyInfo>> Reader = new(Start);

    /// <summary>Whether the reading has begun: nobody else gets a key then.</summary>
    public static bool HasStarted => Reader.IsValueCreated;

    /// <summary>The keys. The first use begins the reading, which goes on until the process ends.</summary>
    public static ChannelReader<ConsoleKeyInfo> Keys => Reader.Value;

    /// <summary>Waits until a key can be taken. Where there is no keyboard (any more), until it is cancelled.</summary>
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
            // There is no keyboard (any more).
            keys.TryComplete();
        }
    }
}
