using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>Cells and arrays as JSON; null is unknown.</summary>
internal static class Utf8JsonWriterExtensions
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>A member with the value of a cell.</summary>
        public void WriteCell(string key, Cell? cell)
        {
            json.WritePropertyName(key);
            json.WriteCell(cell);
        }

        /// <summary>The value of a cell. What only a screen shows is null.</summary>
        public void WriteCell(Cell? cell)
        {
            switch (cell)
            {
                case TextCell { Text: var text }:
                    json.WriteStringValue(text);
                    break;
                case FlagCell { Value: var flag }:
                    json.WriteBooleanValue(flag);
                    break;
                case Figure figure:
                    json.WriteNumber(figure);
                    break;
                case ErrorCell { Estimate: var estimate }:
                    json.WriteCell(Figure.Of(Unit.Bytes, estimate.ErrorBytes));
                    break;
                case TagCell { Tag: not Profiles.ChangeTag.None and var tag }:
                    json.WriteStringValue(DataName.Of(tag));
                    break;
                case Curve curve:
                    json.WriteCurve(curve);
                    break;
                case StackCell { Stack: var stack }:
                    json.WriteItems(stack?.Frames ?? [], frame => json.WriteStringValue(frame.Method));
                    break;
                default:
                    json.WriteNullValue();
                    break;
            }
        }

        /// <summary>A member with an array; null if it is unknown.</summary>
        public void WriteArray<TItem>(string key, IEnumerable<TItem>? items, Action<TItem> write)
        {
            json.WritePropertyName(key);
            if (items is null)
                json.WriteNullValue();
            else
                json.WriteItems(items, write);
        }

        private void WriteItems<TItem>(IEnumerable<TItem> items, Action<TItem> write)
        {
            json.WriteStartArray();
            foreach (var item in items)
                write(item);
            json.WriteEndArray();
        }

        private void WriteNumber(Figure figure)
        {
            if (figure.Unit.IsWhole)
                json.WriteNumberValue((long)figure.Rounded);
            else
                json.WriteNumberValue(figure.Rounded);
        }

        private void WriteCurve(Curve curve) => json.WriteItems(curve.Points, point =>
        {
            json.WriteStartObject();
            json.WriteCell("seconds", Figure.Of(Unit.Seconds, point.Seconds));
            json.WriteCell("bytes", Figure.Of(Unit.Bytes, point.Bytes));
            json.WriteEndObject();
        });
    }
}
