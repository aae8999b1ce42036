using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Values that may be missing, numbers as a report rounds them, and what occurs all over a report.</summary>
internal static class Utf8JsonWriterExtensions
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>A whole number, or null.</summary>
        public void WriteInteger(string key, double? value)
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
                json.WriteInteger(key, value);
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

        /// <summary>An array of objects.</summary>
        public void WriteArray<TItem>(string key, ImmutableArray<TItem> items, Action<TItem> writeMembers)
        {
            json.WriteStartArray(key);
            foreach (var item in items)
            {
                json.WriteStartObject();
                writeMembers(item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        /// <summary>An object, or null.</summary>
        public void WriteOptional<TItem>(string key, TItem? item, Action<TItem> writeMembers)
            where TItem : class
        {
            if (item is null)
            {
                json.WriteNull(key);
                return;
            }

            json.WriteStartObject(key);
            writeMembers(item);
            json.WriteEndObject();
        }

        /// <summary>The members of an estimate; its error is null where none can be stated.</summary>
        public void WriteEstimate(Estimate estimate, AllocationSampling sampling)
        {
            var isKnown = sampling != AllocationSampling.None;
            json.WriteInteger("bytes", isKnown ? estimate.Bytes : null);
            json.WriteInteger("errorBytes", AllocationTables.Error(sampling, estimate) is null ? null : estimate.ErrorBytes);
            json.WriteInteger("objects", isKnown ? estimate.Objects : null);
            json.WriteNumber("samples", estimate.Samples);
        }

        /// <summary>The members that say which type, and where.</summary>
        public void WriteSite(string type, Frame? site)
        {
            json.WriteString("type", type);
            json.WriteString("method", site?.Method);
            json.WriteString("file", site?.File);
            json.WriteInteger("line", site?.Line);
        }

        /// <summary>The methods of a stack, the leaf first.</summary>
        public void WriteStack(CallStack? stack)
        {
            json.WriteStartArray("stack");
            foreach (var frame in stack?.Frames ?? [])
                json.WriteStringValue(frame.Method);
            json.WriteEndArray();
        }
    }
}
