using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>
/// What an object in data is made of, declared once: JSON writes all of it, a table of single figures has its fields and those of its parts under their paths
/// (<c>memory.rss.peakBytes</c>).
/// </summary>
/// <typeparam name="T">What is written as the object.</typeparam>
/// <param name="fields">Its single values.</param>
/// <param name="parts">Its objects and arrays, which come after them.</param>
internal sealed class Schema<T>(ImmutableArray<Column<T>> fields, params ImmutableArray<SchemaPart<T>> parts)
    where T : class
{
    /// <summary>The fields of the object and of all its parts, each with its path as the key.</summary>
    public ImmutableArray<Column<T>> Columns { get; } = [.. fields, .. parts.SelectMany(part => part.Columns)];

    /// <summary>Writes a document: the object.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="subject">What to write.</param>
    public void Write(Utf8JsonWriter json, T subject)
    {
        json.WriteStartObject();
        WriteMembers(json, subject);
        json.WriteEndObject();
    }

    /// <summary>Writes the object as a member of another; null if it is unknown.</summary>
    /// <param name="json">Where to write, inside the other object.</param>
    /// <param name="key">The name of the member.</param>
    /// <param name="subject">What to write.</param>
    public void Write(Utf8JsonWriter json, string key, T? subject)
    {
        json.WritePropertyName(key);
        if (subject is null)
            json.WriteNullValue();
        else
            Write(json, subject);
    }

    /// <summary>Writes the members of the object into another one.</summary>
    /// <param name="json">Where to write, inside the other object.</param>
    /// <param name="subject">What to write.</param>
    public void WriteMembers(Utf8JsonWriter json, T subject)
    {
        foreach (var field in fields)
            json.WriteCell(field.Key, field.Of(subject));
        foreach (var part in parts)
            part.Write(json, subject);
    }
}
