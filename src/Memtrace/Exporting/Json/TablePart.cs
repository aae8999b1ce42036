using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>The rows of a table as an array of objects inside an object; null if they are unknown.</summary>
/// <typeparam name="T">What is written as the object.</typeparam>
/// <param name="key">The name of the member.</param>
/// <param name="table">Takes the table.</param>
internal sealed class TablePart<T>(string key, Func<T, ReportTable?> table) : SchemaPart<T>(key)
    where T : class
{
    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, T subject) => JsonTable.Write(json, Key, table(subject));
}
