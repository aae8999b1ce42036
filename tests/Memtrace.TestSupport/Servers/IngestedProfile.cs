using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.TestSupport.Exports;

namespace Memtrace.TestSupport.Servers;

/// <summary>
/// A request as <c>POST /ingest</c> of Pyroscope reads it: written from its documentation and from what its source refuses
/// (<c>pkg/ingester/pyroscope/ingest_handler.go</c>, <c>api/model/labelset</c>, <c>pkg/og/convert/pprof/profile.go</c>, <c>pkg/validation</c>).
/// </summary>
internal sealed partial class IngestedProfile
{
    public IngestedProfile(ReceivedRequest request)
    {
        Assert.Equal(("POST", "/ingest"), (request.Method, request.Address.AbsolutePath));
        var query = request.Address.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        Assert.Equal("pprof", query["format"]);
        (From, Until) = (long.Parse(query["from"], CultureInfo.InvariantCulture), long.Parse(query["until"], CultureInfo.InvariantCulture));
        Assert.InRange(From, 1, Until);
        (Service, Labels) = ParseName(query["name"]);

        // Of multipart forms other parts are expected, and uncompressed profiles are accepted, too.
        Assert.DoesNotContain("multipart", request.Headers["Content-Type"], StringComparison.Ordinal);
        using var body = new MemoryStream(request.Body);
        Profile = new PprofReader(body);

        // Each value of a label in the profile would be a series. Types other than these need a configuration.
        Assert.All(Profile.Samples, sample => Assert.Null(sample.Type));
        Assert.Subset(new HashSet<string>(["alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"]), Profile.SampleTypes.ToHashSet());
        Assert.InRange(Profile.TimeNanos / 1_000_000_000, From - 2, Until);
    }

    public string Service { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public long From { get; }

    public long Until { get; }

    public PprofReader Profile { get; }

    private static (string Service, Dictionary<string, string> Labels) ParseName(string name)
    {
        var parts = name.Split('{', 2);
        Assert.Matches("^[A-Za-z0-9_./-]+$", parts[0]);
        Assert.EndsWith("}", parts[1], StringComparison.Ordinal);
        var labels = parts[1][..^1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.All(labels.Keys, key => Assert.Matches(LabelName(), key));
        Assert.All(labels.Values, value => Assert.InRange(value.Length, 1, 2048));
        Assert.InRange(labels.Count, 0, 25);
        return (parts[0], labels);
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex LabelName();
}
