namespace Memtrace.Events;

/// <summary>
/// The current value of an event counter. Incrementing counters have another layout and are not read. Valid only while the event is dispatched. Layouts:
/// CounterPayload.cs of dotnet/runtime.
/// </summary>
internal readonly ref struct EventCounter
{
    /// <summary>The event's name. Its id is not fixed.</summary>
    public const string EventName = "EventCounters";

    /// <summary>The counter's name, such as <c>gen-0-size</c>.</summary>
    public required ReadOnlySpan<char> Name { get; init; }

    /// <summary>The mean of the values since the last event.</summary>
    public required double Mean { get; init; }

    /// <summary>
    /// Name, display name, mean, standard deviation, count of 32 bits, minimum, maximum, interval of 32 bits, series, type of the counter, metadata,
    /// units.
    /// </summary>
    /// <returns>False if the counter is an incrementing one or the event is too short.</returns>
    public static bool TryRead(in RecordedEvent data, out EventCounter counter)
    {
        const int BetweenMeanAndSeries = sizeof(double) + sizeof(int) + sizeof(double) + sizeof(double) + sizeof(float);
        var payload = data.Payload;
        var name = payload.ReadString();
        payload.ReadString();
        counter = new EventCounter { Name = name, Mean = payload.ReadDouble() };
        payload.ReadBytes(BetweenMeanAndSeries);
        payload.ReadString();
        return payload.ReadString() is "Mean" && !payload.Overrun;
    }
}
