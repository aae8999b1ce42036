using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what only a core dump contains as JSON.</summary>
internal static class JsonDump
{
    /// <summary>Writes <c>dump</c>; null if the heap is not of one.</summary>
    /// <param name="json">Where to write, inside an object.</param>
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
        WriteContents(json, facts);
        WriteIfKnown(json, "loadContexts", facts.LoadContexts, contexts =>
        {
            json.WriteNumber("count", contexts.Count);
            json.WriteNumber("unloadingCount", contexts.UnloadingCount);
            JsonTable.Write(json, "contexts", DumpTables.LoadContexts(facts));
        });
        JsonTable.Write(json, "generations", DumpTables.Generations(facts));
        WriteIfKnown(json, "regions", facts.Regions, regions =>
        {
            json.WriteNumber("count", regions.Count);
            json.WriteNumber("fragmentedCount", regions.FragmentedCount);
            json.WriteNumber("freeBytes", regions.FreeBytes);
            json.WriteNumber("largestFreeBytes", regions.LargestFreeBytes);
            JsonTable.Write(json, "fragmented", DumpTables.Regions(facts));
        });
        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, DumpFacts facts)
    {
        WriteIfKnown(json, "arrays", facts.Arrays, arrays =>
        {
            json.WriteNumber("wastedBytes", arrays.WastedBytes);
            json.WriteNumber("repeatedCount", arrays.RepeatedCount);
            json.WriteBoolean("hasAll", arrays.HasAll);
            JsonTable.Write(json, "repeated", DumpTables.Arrays(facts));
            json.WriteNumber("zeroBytes", arrays.ZeroBytes);
            json.WriteNumber("sparseTypeCount", arrays.SparseTypeCount);
            JsonTable.Write(json, "sparse", DumpTables.SparseArrays(facts));
        });
        WriteIfKnown(json, "collections", facts.Collections, collections =>
        {
            json.WriteNumber("wastedBytes", collections.WastedBytes);
            json.WriteNumber("typeCount", collections.TypeCount);
            JsonTable.Write(json, "types", DumpTables.Collections(facts));
        });
        WriteIfKnown(json, "calls", facts.Calls, calls =>
        {
            json.WriteNumber("count", calls.Count);
            json.WriteNumber("methodCount", calls.MethodCount);
            JsonTable.Write(json, "methods", DumpTables.Calls(facts));
        });
        WriteIfKnown(json, "timers", facts.Timers, timers =>
        {
            json.WriteNumber("count", timers.Count);
            json.WriteNumber("groupCount", timers.GroupCount);
            JsonTable.Write(json, "groups", DumpTables.Timers(facts));
        });
    }

    /// <summary>Writes facts that files of older versions lack; null for those.</summary>
    private static void WriteIfKnown<TFacts>(Utf8JsonWriter json, string name, TFacts? facts, Action<TFacts> write)
        where TFacts : class
    {
        if (facts is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        write(facts);
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
