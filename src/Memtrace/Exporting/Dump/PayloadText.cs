using System.Globalization;
using System.Text;
using Memtrace.Nettrace;

namespace Memtrace.Exporting.Dump;

/// <summary>
/// Writes the payload of an event as text: <c>Name=value</c> for each field, then the rest in hexadecimal. The length of the text is bounded,
/// whatever the fields declare.
/// </summary>
/// <param name="clean">Makes untrusted text safe for the output.</param>
internal sealed class PayloadText(Func<string, string> clean)
{
    /// <summary>The most bytes shown in hexadecimal.</summary>
    public const int MostHexBytes = 64;

    /// <summary>The most characters shown of a string.</summary>
    public const int LongestString = 512;

    /// <summary>The most values read: nested arrays could declare any number.</summary>
    private const int MostValues = 10_000;

    /// <summary>The most elements shown of an array.</summary>
    private const int MostElements = 16;
    private const int LongestText = 16 * 1024;

    /// <summary>Writes a payload.</summary>
    /// <param name="text">Where to append it.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="fields">Its fields; empty if they are unknown.</param>
    public void Write(StringBuilder text, ReadOnlySpan<byte> payload, IReadOnlyList<EventField> fields)
    {
        var reader = new Reader(payload, text, this);
        try
        {
            reader.Fields(fields, " ");
        }
        catch (NettraceException error)
        {
            text.Append(" (").Append(error.Message).Append(')');
        }

        if (reader.Rest is not { IsEmpty: false } rest)
            return;
        text.Append(CultureInfo.InvariantCulture, $" {(fields.Count == 0 ? "" : "+")}{rest.Length} byte{(rest.Length == 1 ? "" : "s")}: ").Append(Convert.ToHexStringLower(rest[..Math.Min(rest.Length, MostHexBytes)]));
        if (rest.Length > MostHexBytes)
            text.Append("...");
    }

    /// <summary>A text in quotes: safe for the output, and cut if it is too long.</summary>
    /// <param name="text">The text.</param>
    public string Quoted(ReadOnlySpan<char> text)
    {
        var isCut = text.Length > LongestString;
        return $"\"{Name(isCut ? text[..LongestString].ToString() : text.ToString())}{(isCut ? "..." : "")}\"";
    }

    /// <summary>A name: safe for the output, and cut if it is too long.</summary>
    /// <param name="name">The name.</param>
    public string Name(string name) => clean(name.Length > LongestString ? name[..LongestString] : name);

    private ref struct Reader(ReadOnlySpan<byte> payload, StringBuilder text, PayloadText names)
    {
        private readonly int _start = text.Length;
        private SpanCursor _cursor = new(payload);
        private int _values;

        public readonly ReadOnlySpan<byte> Rest => _cursor.Rest;

        public void Fields(IReadOnlyList<EventField> fields, string separator)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                // An event of an older version has fewer fields.
                if (_cursor.IsAtEnd && separator == " ")
                    return;
                Append(i == 0 && separator != " " ? "" : separator);
                Append(names.Name(fields[i].Name));
                Append("=");
                Value(fields[i]);
            }
        }

        private void Value(EventField field)
        {
            if (++_values > MostValues)
                throw new NettraceException("more values than are shown");
            switch (field.Type)
            {
                case FieldType.Object when field.Fields is { } fields:
                    Append("{");
                    Fields(fields, ", ");
                    Append("}");
                    break;
                case FieldType.Array when field.Element is { } element:
                    Elements(element, _cursor.ReadUInt16());
                    break;
                case FieldType.FixedLengthArray when field.Element is { } element:
                    Elements(element, field.Count);
                    break;
                default:
                    Append(Simple(field.Type));
                    break;
            }
        }

        private void Elements(EventField element, int count)
        {
            if (element.Type is FieldType.Utf16CodeUnit or FieldType.Utf8CodeUnit)
            {
                var bytes = _cursor.Read(count * (element.Type == FieldType.Utf16CodeUnit ? sizeof(char) : 1));
                Append(names.Quoted((element.Type == FieldType.Utf16CodeUnit ? Encoding.Unicode : Encoding.UTF8).GetString(bytes)));
                return;
            }

            Append("[");
            for (var i = 0; i < Math.Min(count, MostElements); i++)
            {
                if (i > 0)
                    Append(", ");
                Value(element);
            }

            if (count > MostElements)
            {
                Skip(element, count - MostElements);
                Append(string.Create(CultureInfo.InvariantCulture, $", ... {count} in all"));
            }

            Append("]");
        }

        /// <summary>Reads elements that are not shown.</summary>
        private void Skip(EventField element, int count)
        {
            if (SizeOf(element.Type) is > 0 and var size)
            {
                _cursor.Read(size * count);
                return;
            }

            var length = text.Length;
            for (; count > 0; count--)
            {
                Value(element);
                text.Length = length;
            }
        }

        /// <summary>Bytes of a value; 0 for types of variable size.</summary>
        private static int SizeOf(FieldType type) => type switch
        {
            FieldType.Boolean8 or FieldType.SByte or FieldType.Byte => 1,
            FieldType.Int16 or FieldType.UInt16 => sizeof(short),
            FieldType.Boolean32 or FieldType.Int32 or FieldType.UInt32 or FieldType.Single or FieldType.RelativeLocation or FieldType.DataLocation => sizeof(int),
            FieldType.Int64 or FieldType.UInt64 or FieldType.Double or FieldType.DateTime => sizeof(long),
            FieldType.Guid => 16,
            _ => 0,
        };

        private string Simple(FieldType type) => type switch
        {
            FieldType.Boolean32 => _cursor.ReadInt32() != 0 ? "true" : "false",
            FieldType.Boolean8 => _cursor.ReadByte() != 0 ? "true" : "false",
            FieldType.Utf16CodeUnit => names.Quoted([(char)_cursor.ReadUInt16()]),
            FieldType.Utf8CodeUnit => names.Quoted([(char)_cursor.ReadByte()]),
            FieldType.SByte => Text((sbyte)_cursor.ReadByte()),
            FieldType.Byte => Text(_cursor.ReadByte()),
            FieldType.Int16 => Text((short)_cursor.ReadUInt16()),
            FieldType.UInt16 => Text(_cursor.ReadUInt16()),
            FieldType.Int32 => Text(_cursor.ReadInt32()),
            FieldType.UInt32 => Text(_cursor.ReadUInt32()),
            FieldType.Int64 => Text(_cursor.ReadInt64()),
            FieldType.UInt64 => Text((ulong)_cursor.ReadInt64()),
            FieldType.Single => BitConverter.Int32BitsToSingle(_cursor.ReadInt32()).ToString(CultureInfo.InvariantCulture),
            FieldType.Double => BitConverter.Int64BitsToDouble(_cursor.ReadInt64()).ToString(CultureInfo.InvariantCulture),
            FieldType.DateTime => FileTime(_cursor.ReadInt64()),
            FieldType.Guid => new Guid(_cursor.Read(16)).ToString(),
            FieldType.String => names.Quoted(_cursor.ReadNullTerminatedUtf16()),
            FieldType.VarInt => Text(ZigZag(_cursor.ReadVarUInt())),
            FieldType.VarUInt => Text(_cursor.ReadVarUInt()),
            FieldType.RelativeLocation or FieldType.DataLocation => Location(_cursor.ReadUInt32()),
            _ => throw new NettraceException(string.Create(CultureInfo.InvariantCulture, $"a field of the unknown type {(int)type}")),
        };

        private readonly void Append(string part)
        {
            if (text.Length - _start > LongestText)
                throw new NettraceException("more text than is shown");
            text.Append(part);
        }

        private static string Text<T>(T number)
            where T : IFormattable => number.ToString(format: null, CultureInfo.InvariantCulture);

        private static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

        /// <summary>The place of the value in the payload, and its size.</summary>
        private static string Location(uint location) => string.Create(CultureInfo.InvariantCulture, $"@{location & 0xFFFF}:{location >> 16}");

        private static string FileTime(long ticks)
        {
            const long Latest = 2_650_467_743_999_999_999;
            return ticks is >= 0 and <= Latest ? DateTime.FromFileTimeUtc(ticks).ToString("O", CultureInfo.InvariantCulture) : Text(ticks);
        }
    }
}
