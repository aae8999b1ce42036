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
        AreThere(facts.Exceptions) && facts.Exceptions.All(IsWhole)
        && AreThere(facts.Threads) && facts.Threads.All(group => AreThere(group.Frames))
        && AreThere(facts.Strings)
        && (facts.Arrays is not { } arrays || (AreThere(arrays.Repeated) && AreThere(arrays.Sparse)))
        && (facts.Collections is not { } collections || AreThere(collections.Types))
        && (facts.Calls is not { } calls || AreThere(calls.Methods))
        && (facts.Timers is not { } timers || AreThere(timers.Groups))
        && (facts.LoadContexts is not { } contexts || AreThere(contexts.Contexts))
        && (facts.Regions is not { } regions || AreThere(regions.Fragmented));

    private static bool IsWhole(DumpedException exception) => AreThere(exception.Stack) && (exception.Inner is null || IsWhole(exception.Inner));

    private static bool AreThere<T>(ImmutableArray<T> items) where T : class => !items.IsDefault && items.All(item => item is not null);
}
