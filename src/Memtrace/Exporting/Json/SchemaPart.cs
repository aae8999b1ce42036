using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>A member of an object in data that is an object or an array itself.</summary>
/// <typeparam name="T">What is written as the object.</typeparam>
/// <param name="key">The name of the member.</param>
internal abstract class SchemaPart<T>(string key)
    where T : class
{
    /// <summary>The single values in it, each with its path as the key; none in an array.</summary>
    public virtual ImmutableArray<Column<T>> Columns => [];

    /// <summary>The name of the member.</summary>
    protected string Key { get; } = key;

    /// <summary>Writes the member.</summary>
    /// <param name="json">Where to write, inside the object.</param>
    /// <param name="subject">What is written as the object.</param>
    public abstract void Write(Utf8JsonWriter json, T subject);
}
