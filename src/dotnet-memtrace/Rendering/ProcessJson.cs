using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The list of processes as JSON with schema <c>dotnet-memtrace/ps</c>, which only grows. Unknown figures are null.</summary>
internal static class ProcessJson
{
    private const string Schema = "dotnet-memtrace/ps";
    private const int Version = 1;

    // Not for embedding in a web page, so command lines stay readable.
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, MachineMemory? machine, ContainerMemory? container, IReadOnlyList<ProcessUsage> usages)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteNumber("version", Version);
            WriteMachine(json, machine);
            WriteContainer(json, container);
            json.WriteStartArray("processes");
            foreach (var usage in usages)
                WriteProcess(json, usage, machine?.Total);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteMachine(Utf8JsonWriter json, MachineMemory? machine)
    {
        json.WriteStartObject("machine");
        WriteKnown(json, "totalBytes", machine?.Total);
        WriteKnown(json, "usedBytes", machine?.Used);
        WriteKnown(json, "availableBytes", machine?.Available);
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, ContainerMemory? container)
    {
        if (container is not { Limit: { } limit, Usage: var usage })
        {
            json.WriteNull("container");
            return;
        }

        json.WriteStartObject("container");
        json.WriteNumber("limitBytes", limit);
        WriteKnown(json, "usageBytes", usage);
        json.WriteEndObject();
    }

    private static void WriteProcess(Utf8JsonWriter json, ProcessUsage usage, long? machineTotal)
    {
        var (process, memory) = (usage.Process, usage.Memory);
        json.WriteStartObject();
        json.WriteNumber("id", process.Id);
        json.WriteString("name", process.Name);
        json.WriteString("commandLine", process.CommandLine);
        json.WriteString("user", process.User);
        WriteKnown(json, "rssBytes", memory.Rss);
        WriteKnown(json, "peakRssBytes", memory.PeakRss);
        WriteKnown(json, "hugePagesBytes", memory.HugePages);
        WriteKnown(json, "gpuBytes", usage.GpuBytes);
        WriteRounded(json, "memoryPercent", 100.0 * memory.Rss / machineTotal);
        WriteRounded(json, "cpuPercent", usage.CpuPercent);
        WriteKnown(json, "threads", memory.Threads);
        WriteRounded(json, "uptimeSeconds", usage.UptimeSeconds);
        json.WriteBoolean("attachable", process.Obstacle is null);
        json.WriteString("obstacle", process.Obstacle);
        json.WriteEndObject();
    }

    private static void WriteKnown(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    private static void WriteRounded(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known)
            json.WriteNumber(name, Math.Round(known, 2));
        else
            json.WriteNull(name);
    }
}
