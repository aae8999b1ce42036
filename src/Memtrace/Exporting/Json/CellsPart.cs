using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>An array of single values inside an object.</summary>
/// <typeparam name="T">What is written as the object.</typeparam>
/// <param name="key">The name of the member.</param>
/// <param name="cells">Takes the values.</param>
internal sealed class CellsPart<T>(string key, Func<T, IEnumerable<Cell>> cells) : SchemaPart<T>(key)
    where T : class
{
    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, T subject) => json.WriteArray(Key, cells(subject), json.WriteCell);
}
