using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>A JSON document: an object that names its schema and the version of it.</summary>
/// <typeparam name="T">What is written as the document.</typeparam>
/// <param name="name">The name of the schema.</param>
/// <param name="body">What it is made of besides.</param>
internal sealed class DocumentSchema<T>(string name, Schema<T> body)
    where T : class
{
    // Keys are only ever added within a version.
    private const int Version = 1;

    /// <summary>The single figures of the document, each with its path as the key.</summary>
    public ImmutableArray<Column<T>> Columns => body.Columns;

    /// <summary>Writes the document.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="subject">What to write.</param>
    public void Write(Utf8JsonWriter json, T subject)
    {
        json.WriteStartObject();
        json.WriteString("schema", name);
        json.WriteNumber("version", Version);
        body.WriteMembers(json, subject);
        json.WriteEndObject();
    }
}
