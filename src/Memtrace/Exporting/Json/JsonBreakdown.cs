using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes the resident set by category as a JSON document of its own, in the same way as <see cref="JsonReport"/>.</summary>
internal static class JsonBreakdown
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/where";

    private static readonly SchemaPart<Document> Process = new ObjectPart<Document, ProcessDescription>("process", row => row.Process, ProcessSchema.Process);

    private static readonly SchemaPart<Document> Breakdown = new ObjectPart<Document, MemoryBreakdown>("breakdown", row => row.Breakdown, BreakdownSchema.Breakdown);

    private static readonly DocumentSchema<Document> Categories = new(Schema, new([], Process, Breakdown));

    private static readonly DocumentSchema<Document> WithMappings = new(
        Schema, new([], Process, Breakdown, new TablePart<Document>("mappings", row => MappingTable.Of(row.Map!))));

    /// <summary>Writes one document: an object with the process and its resident set by category.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="breakdown">Its resident set by category.</param>
    public static void Write(Stream stream, ProcessDescription process, MemoryBreakdown breakdown) => Write(stream, Categories, new Document(process, breakdown, null));

    /// <summary>Writes the same with each mapping.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="breakdown">Its resident set by category.</param>
    /// <param name="map">The mappings.</param>
    public static void Write(Stream stream, ProcessDescription process, MemoryBreakdown breakdown, MemoryMap map) =>
        Write(stream, WithMappings, new Document(process, breakdown, map));

    private static void Write(Stream stream, DocumentSchema<Document> schema, Document document)
    {
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        schema.Write(json, document);
    }

    private sealed record Document(ProcessDescription Process, MemoryBreakdown Breakdown, MemoryMap? Map);
}
