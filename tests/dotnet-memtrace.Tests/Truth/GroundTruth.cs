using System.Text.Json;

namespace Memtrace.Tool.Tests.Truth;

/// <summary>What one method of the program Known has allocated: objects of one type and one size.</summary>
/// <param name="Type">The type, as C# writes its full name.</param>
/// <param name="Method">The method's name in the source.</param>
/// <param name="ObjectSize">Bytes of one object.</param>
/// <param name="Objects">How many.</param>
internal sealed record KnownAllocations(string Type, string Method, long ObjectSize, long Objects)
{
    public long Bytes => Objects * ObjectSize;

    /// <summary>How far an estimate of them is from the truth (<see cref="SamplingAgreement"/>).</summary>
    public double Deviation(double estimatedBytes) => SamplingAgreement.Deviation(estimatedBytes, ObjectSize, Objects);
}

/// <summary>What the program Known has allocated, by its own exact count.</summary>
/// <param name="Allocations">By method.</param>
/// <param name="ProcessBytes">All bytes that the process allocated meanwhile.</param>
internal sealed record GroundTruth(IReadOnlyList<KnownAllocations> Allocations, long ProcessBytes)
{
    private const string Prefix = "done ";

    /// <summary>The same by type, whose objects all have one size wherever they are allocated.</summary>
    public IEnumerable<KnownAllocations> Types => Allocations.GroupBy(part => (part.Type, part.ObjectSize), (key, parts) => new KnownAllocations(key.Type, "", key.ObjectSize, parts.Sum(part => part.Objects)));

    /// <summary>Reads the line that the program prints.</summary>
    public static GroundTruth Parse(string? line)
    {
        Assert.StartsWith(Prefix, line, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(line![Prefix.Length..]);
        return new GroundTruth([.. document.RootElement.GetProperty("allocations").EnumerateArray().Select(Read)], document.RootElement.GetProperty("processBytes").GetInt64());
    }

    private static KnownAllocations Read(JsonElement element) => new(
        element.GetProperty("type").GetString()!,
        element.GetProperty("method").GetString()!,
        element.GetProperty("objectSize").GetInt64(),
        element.GetProperty("objects").GetInt64());
}
