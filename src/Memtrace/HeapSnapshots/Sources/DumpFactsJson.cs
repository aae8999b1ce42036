using System.Text.Json;
using System.Text.Json.Serialization;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Facts of a dump as they lie in a snapshot file: JSON, whose members are those of <see cref="DumpFacts"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DumpFacts))]
internal sealed partial class DumpFactsJson : JsonSerializerContext
{
    /// <summary>Writes facts.</summary>
    /// <param name="facts">The facts.</param>
    public static byte[] Write(DumpFacts facts) => JsonSerializer.SerializeToUtf8Bytes(facts, Default.DumpFacts);

    /// <summary>Reads facts.</summary>
    /// <param name="json">What was written.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static DumpFacts? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.DumpFacts);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("the facts of a dump are no JSON", e);
        }
    }
}
