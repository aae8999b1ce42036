using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what only a core dump contains as JSON.</summary>
internal static class JsonDump
{
    /// <summary>Writes <c>dump</c>; null where the heap is not of one.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="facts">The facts.</param>
    public static void Write(Utf8JsonWriter json, DumpFacts? facts)
    {
        if (facts is null)
        {
            json.WriteNull("dump");
            return;
        }

        json.WriteStartObject("dump");
        json.WriteArray("exceptions", facts.Exceptions, exception => WriteException(json, exception));
        json.WriteNumber("threadCount", facts.ThreadCount);
        json.WriteArray("threads", facts.Threads, group => WriteThreads(json, group));
        json.WriteNumber("wastedBytes", facts.WastedBytes);
        json.WriteBoolean("hasAllStrings", facts.HasAllStrings);
        JsonTable.Write(json, "strings", DumpTables.Strings(facts));
        JsonTable.Write(json, "generations", DumpTables.Generations(facts));
        json.WriteEndObject();
    }

    private static void WriteException(Utf8JsonWriter json, DumpedException exception)
    {
        json.WriteStartObject();
        json.WriteString("type", exception.Type);
        json.WriteString("message", exception.Message);
        json.WriteNumber("threadId", exception.ThreadId);
        json.WriteArray("stack", exception.Stack, json.WriteStringValue);
        if (exception.Inner is { } inner)
        {
            json.WritePropertyName("inner");
            WriteException(json, inner);
        }
        else
        {
            json.WriteNull("inner");
        }

        json.WriteEndObject();
    }

    private static void WriteThreads(Utf8JsonWriter json, ThreadGroup group)
    {
        json.WriteStartObject();
        json.WriteNumber("count", group.Count);
        json.WriteArray("stack", group.Frames, json.WriteStringValue);
        json.WriteEndObject();
    }
}
