using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>An object whose names depend on what is written.</summary>
/// <typeparam name="T">What is written as the outer object.</typeparam>
/// <param name="key">The name of the member.</param>
/// <param name="figures">Takes the figures and their names.</param>
internal sealed class FiguresPart<T>(string key, Func<T, IEnumerable<KeyValuePair<string, Figure>>> figures) : SchemaPart<T>(key)
    where T : class
{
    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, T subject)
    {
        json.WriteStartObject(Key);
        foreach (var (name, figure) in figures(subject))
            json.WriteCell(name, figure);
        json.WriteEndObject();
    }
}
