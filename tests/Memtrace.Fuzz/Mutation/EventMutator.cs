using System.Runtime.InteropServices;
using Memtrace.Nettrace;

namespace Memtrace.Fuzz.Mutation;

/// <summary>Changes the events of a block and writes it again, so that the change gets past what checks the encoding.</summary>
internal static class EventMutator
{
    private const int LargestPayload = 1 << 16;

    /// <summary>Changes some events.</summary>
    /// <param name="random">Decides which and how.</param>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <returns>The changed block; the same where it is damaged.</returns>
    public static byte[] Mutate(Random random, NettraceFraming framing, byte[] block)
    {
        var events = Read(framing, block);
        if (events.Count == 0)
            return block;
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            Change(random, events);
        var written = new EventBlockWriter();
        foreach (var (header, payload) in events)
            written.Add(header, payload);
        return written.Complete();
    }

    private static List<(EventHeader Header, byte[] Payload)> Read(NettraceFraming framing, byte[] block)
    {
        var events = new List<(EventHeader, byte[])>();
        try
        {
            var reader = new EventBlockReader(framing, block);
            while (reader.Read())
                events.Add((reader.Header, reader.Payload.ToArray()));
        }
        catch (NettraceException)
        {
            // What is before the damage is changed.
        }

        return events;
    }

    private static void Change(Random random, List<(EventHeader Header, byte[] Payload)> events)
    {
        var index = random.Next(events.Count);
        ref var item = ref CollectionsMarshal.AsSpan(events)[index];
        switch (random.Next(12))
        {
            case 0:
                item.Header.Timestamp = random.Next(2) == 0 ? Numbers.Next(random) : item.Header.Timestamp + random.NextInt64(-10_000_000_000, 10_000_000_000);
                break;
            case 1:
                item.Header.SequenceNumber = (uint)Numbers.Next(random);
                break;
            case 2:
                item.Header.Thread = (ulong)Numbers.Next(random);
                break;
            case 3:
                item.Header.CaptureThread = random.Next(2) == 0 ? (ulong)Numbers.Next(random) : events[random.Next(events.Count)].Header.CaptureThread;
                break;
            case 4:
                item.Header.MetadataId = random.Next(3) == 0 ? (int)(Numbers.Next(random) & int.MaxValue) : events[random.Next(events.Count)].Header.MetadataId;
                break;
            case 5:
                item.Header.StackId = (uint)Numbers.Next(random);
                break;
            case 6:
                item.Header.IsSorted = !item.Header.IsSorted;
                break;
            case 7:
                events.RemoveAt(index);
                if (events.Count == 0)
                    events.Add(default((EventHeader, byte[])) with { Item2 = [] });
                break;
            case 8:
                events.Insert(random.Next(events.Count), item);
                break;
            case 9:
                var other = random.Next(events.Count);
                (events[index], events[other]) = (events[other], events[index]);
                break;
            default:
                item.Payload = Payload(random, item.Payload);
                break;
        }
    }

    private static byte[] Payload(Random random, byte[] payload)
    {
        if (random.Next(3) != 0)
        {
            // Most fields are numbers: those behind strings are at odd places.
            Numbers.Write(random, payload);
            return payload;
        }

        var changed = ByteMutator.Mutate(random, payload);
        return changed.Length > LargestPayload ? changed[..LargestPayload] : changed;
    }
}
