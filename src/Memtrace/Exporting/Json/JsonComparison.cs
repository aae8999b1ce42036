using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes a comparison as JSON, in the same way as <see cref="JsonReport"/>.</summary>
internal static class JsonComparison
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/diff";

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Stream stream, ProfileComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        ComparisonSchema.Comparison.Write(json, comparison);
    }
}
