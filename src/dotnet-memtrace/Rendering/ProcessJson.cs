using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The list of processes as JSON with schema <c>dotnet-memtrace/ps</c>, which only grows. Unknown figures are null.</summary>
internal static class ProcessJson
{
    private const string Schema = "dotnet-memtrace/ps";
    private const int Version = 1;

    // Not for embedding in a web page, so command lines stay readable.
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ImmutableArray<Column<Surroundings>> Machine =
    [
        new("totalBytes", "Total", Unit.Bytes, row => row.Machine?.Total),
        new("usedBytes", "Used", Unit.Bytes, row => row.Machine?.Used),
        new("availableBytes", "Available", Unit.Bytes, row => row.Machine?.Available),
    ];

    private static readonly ImmutableArray<Column<Surroundings>> Container =
    [
        new("limitBytes", "Limit", Unit.Bytes, row => row.Container?.Limit),
        new("usageBytes", "Usage", Unit.Bytes, row => row.Container?.Usage),
    ];

    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, MachineMemory? machine, ContainerMemory? container, IReadOnlyList<ProcessUsage> usages)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteNumber("version", Version);
            var surroundings = new Surroundings(machine, container);
            JsonTable.Write(json, "machine", surroundings, Machine);
            JsonTable.Write(json, "container", container is { Limit: not null } ? surroundings : null, Container);
            JsonTable.Write(json, "processes", ReportTable.Of(usages, new ProcessColumns(machine?.Total).Data));
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private sealed record Surroundings(MachineMemory? Machine, ContainerMemory? Container);
}
