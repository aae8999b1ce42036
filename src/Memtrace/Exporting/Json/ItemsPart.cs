using System.Text.Json;

namespace Memtrace.Exporting.Json;

/// <summary>An array of objects inside an object; null if it is unknown.</summary>
/// <typeparam name="T">What is written as the outer object.</typeparam>
/// <typeparam name="TItem">What is written as each item.</typeparam>
/// <param name="key">The name of the member.</param>
/// <param name="items">Takes the items.</param>
/// <param name="schema">What each item is made of.</param>
internal sealed class ItemsPart<T, TItem>(string key, Func<T, IEnumerable<TItem>?> items, Schema<TItem> schema) : SchemaPart<T>(key)
    where T : class
    where TItem : class
{
    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, T subject) => json.WriteArray(Key, items(subject), item => schema.Write(json, item));
}
