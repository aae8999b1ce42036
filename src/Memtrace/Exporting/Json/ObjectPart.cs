using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>An object inside an object; null if it is unknown.</summary>
/// <typeparam name="T">What is written as the outer object.</typeparam>
/// <typeparam name="TPart">What is written as the inner one.</typeparam>
/// <param name="key">The name of the member.</param>
/// <param name="part">Takes what is written as the inner object.</param>
/// <param name="schema">What the inner object is made of.</param>
internal sealed class ObjectPart<T, TPart>(string key, Func<T, TPart?> part, Schema<TPart> schema) : SchemaPart<T>(key)
    where T : class
    where TPart : class
{
    /// <inheritdoc />
    public override ImmutableArray<Column<T>> Columns => [.. schema.Columns.Select(column => column.Within($"{Key}.{column.Key}", part))];

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, T subject) => schema.Write(json, Key, part(subject));
}
