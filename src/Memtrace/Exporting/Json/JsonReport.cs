using System.Text.Encodings.Web;
using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>
/// Writes profiles as JSON. Bytes and counts are whole numbers, times are seconds or ms as their names say, shares are 0 to 1,
/// percentages 0 to 100; null is unknown. Keys are only ever added.
/// </summary>
internal static class JsonReport
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/report";

    // Names keep their < and >: the document is not meant to be embedded in a web page as it is.
    internal static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">The filter that was applied, or null.</param>
    public static void Write(Stream stream, MemoryProfile profile, ProfileFilter? filter = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, Options);
        ReportSchema.Of(profile.Allocations.Sampling, filter).Write(json, profile);
    }

    /// <summary>Writes one document for several profiles: an array of objects.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profiles">The profiles, taken one after the other.</param>
    /// <param name="filter">What they were filtered by, or null.</param>
    public static void Write(Stream stream, IEnumerable<MemoryProfile> profiles, ProfileFilter? filter = null)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartArray();
        foreach (var profile in profiles)
        {
            ReportSchema.Of(profile.Allocations.Sampling, filter).Write(json, profile);
            json.Flush();
        }

        json.WriteEndArray();
    }
}
