using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Facts of a dump as they lie in a snapshot file: JSON, whose members are those of <see cref="DumpFacts"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DumpFacts))]
internal sealed partial class DumpFactsJson : JsonSerializerContext
{
    /// <summary>Writes facts.</summary>
    /// <param name="facts">The facts.</param>
    public static byte[] Write(DumpFacts facts) => JsonSerializer.SerializeToUtf8Bytes(facts, Default.DumpFacts);

    /// <summary>Reads facts.</summary>
    /// <param name="json">What was written.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static DumpFacts Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.DumpFacts) is { } facts && IsWhole(facts) ? facts : throw new InvalidDataException("facts of the dump are missing");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("the facts of the dump are not the expected JSON", e);
        }
    }

    // The serializer checks members for null, but not the items of lists.
    private static bool IsWhole(DumpFacts facts) =>
        !facts.Exceptions.IsDefault && !facts.Threads.IsDefault && !facts.Strings.IsDefault
        && facts.Exceptions.All(IsWhole)
        && facts.Threads.All(group => group is { Frames.IsDefault: false } && AreWhole(group.Frames))
        && facts.Strings.All(text => text is not null);

    private static bool IsWhole(DumpedException? exception) =>
        exception is { Stack.IsDefault: false } && AreWhole(exception.Stack) && (exception.Inner is null || IsWhole(exception.Inner));

    private static bool AreWhole(ImmutableArray<string> texts) => texts.All(text => text is not null);
}
