using System.Text.Json;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>Writes columns of numbers.</summary>
internal static class NumberArrays
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>An array of whole numbers.</summary>
        public void WriteNumbers(string key, IEnumerable<int> values)
        {
            json.WriteStartArray(key);
            foreach (var value in values)
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }

        /// <summary>An array of numbers; null is unknown.</summary>
        public void WriteNumbers(string key, IEnumerable<double?> values)
        {
            json.WriteStartArray(key);
            foreach (var value in values)
                json.WriteNumberOrNull(value);
            json.WriteEndArray();
        }

        /// <summary>A number, or null.</summary>
        public void WriteNumberOrNull(double? value)
        {
            if (value is { } number && double.IsFinite(number))
                json.WriteNumberValue(Unit.Amount.Round(number));
            else
                json.WriteNullValue();
        }
    }
}
