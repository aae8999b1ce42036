using System.Text.Json;

namespace Memtrace.Exporting;

/// <summary>Values that may be missing, and numbers as a report rounds them.</summary>
internal static class Utf8JsonWriterExtensions
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>A whole number, or null.</summary>
        public void WriteWhole(string key, double? value)
        {
            if (value is { } number && double.IsFinite(number))
                json.WriteNumber(key, ReportNumber.Whole(number));
            else
                json.WriteNull(key);
        }

        /// <summary>A number with a fraction; null where it is none.</summary>
        public void WriteFraction(string key, double value)
        {
            if (double.IsFinite(value))
                json.WriteNumber(key, ReportNumber.Round(value));
            else
                json.WriteNull(key);
        }

        /// <summary>A number as its kind is written: whole for bytes and counts; or null.</summary>
        public void WriteFigure(string key, ColumnKind kind, double? value)
        {
            if (kind is ColumnKind.Bytes or ColumnKind.Rate or ColumnKind.Count)
                json.WriteWhole(key, value);
            else
                json.WriteFraction(key, value ?? double.NaN);
        }

        /// <summary>Yes, no, or null.</summary>
        public void WriteFlag(string key, bool? value)
        {
            if (value is { } flag)
                json.WriteBoolean(key, flag);
            else
                json.WriteNull(key);
        }
    }
}
