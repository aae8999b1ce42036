using System.IO.Compression;

namespace Memtrace.TestSupport.Exports;

/// <summary>
/// A profile of google/pprof, read by the numbers of its <c>profile.proto</c>. What refers to nothing is an error, and so is what Parca
/// (<c>pkg/normalizer/validate.go</c>) or Pyroscope (<c>pkg/validation/validate.go</c>, <c>pkg/pprof/pprof.go</c>, <c>convert.go</c>) refuses or drops.
/// </summary>
internal sealed class PprofReader
{
    private readonly WireMessage _profile;
    private readonly string[] _strings;
    private readonly Dictionary<ulong, WireMessage> _mappings;
    private readonly Dictionary<ulong, WireMessage> _locations;
    private readonly Dictionary<ulong, WireMessage> _functions;

    public PprofReader(Stream compressed)
    {
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        _profile = new WireMessage(bytes.ToArray());
        _strings = [.. _profile.Texts(6)];
        _mappings = _profile.Messages(3).ToDictionary(item => item.Number(1));
        _locations = _profile.Messages(4).ToDictionary(item => item.Number(1));
        _functions = _profile.Messages(5).ToDictionary(item => item.Number(1));
        Samples = [.. _profile.Messages(2).Select(Sample)];
        Assert.Equal("", _strings[0]);

        // Parca refuses ids that are not 1, 2, 3, ...; Pyroscope's page for single files takes them for positions.
        foreach (var table in new[] { 3, 4, 5 })
            Assert.Equal(Enumerable.Range(1, _profile.Messages(table).Count()), _profile.Messages(table).Select(item => (int)item.Number(1)));

        // Pyroscope refuses sample types with a dash, and that page a profile without a type of its period.
        Assert.DoesNotContain(SampleTypes, type => type.Contains('-', StringComparison.Ordinal));
        Assert.Equal(2, Assert.Single(_profile.Messages(11)).Numbers(1).Concat(_profile.Messages(11).Single().Numbers(2)).Count());
    }

    public string[] SampleTypes => [.. _profile.Messages(1).Select(Type)];

    public string DefaultSampleType => Text(_profile.Number(14));

    public string PeriodType => Type(_profile.Messages(11).Single());

    public long Period => (long)_profile.Number(12);

    public long TimeNanos => (long)_profile.Number(9);

    public long DurationNanos => (long)_profile.Number(10);

    public string[] Comments => [.. _profile.Numbers(13).Select(Text)];

    public string[] MappingFiles => [.. _mappings.OrderBy(item => item.Key).Select(item => Text(item.Value.Number(5)))];

    public IReadOnlyList<PprofSample> Samples { get; }

    /// <summary>The sum over all samples of the value with this name.</summary>
    public long Total(string type)
    {
        var index = Array.FindIndex(SampleTypes, name => name.StartsWith(type + "/", StringComparison.Ordinal));
        return Samples.Sum(sample => sample.Values[index]);
    }

    private PprofSample Sample(WireMessage sample)
    {
        var label = sample.Messages(3).SingleOrDefault();
        if (label is not null)
            Assert.Equal("type", Text(label.Number(1)));

        // Both refuse another number of values; Pyroscope drops samples with a negative one, or of zeros only, or without a place.
        var values = sample.Numbers(2).Select(value => (long)value).ToArray();
        Assert.Equal(SampleTypes.Length, values.Length);
        Assert.All(values, value => Assert.True(value >= 0));
        Assert.Contains(values, value => value > 0);
        Assert.NotEmpty(sample.Numbers(1));
        return new PprofSample([.. sample.Numbers(1).Select(Frame)], values, label is null ? null : Text(label.Number(2)));
    }

    private PprofFrame Frame(ulong id)
    {
        var location = _locations[id];
        var mapping = _mappings[location.Number(2)];
        Assert.Equal([1, 1, 1], new[] { 7, 8, 9 }.Select(field => (int)mapping.Number(field)));
        var line = Assert.Single(location.Messages(4));
        var function = _functions[line.Number(1)];
        return new PprofFrame(Text(function.Number(2)), Text(function.Number(3)), Text(function.Number(4)), (int)line.Number(2), location.Number(3), Text(mapping.Number(5)));
    }

    private string Type(WireMessage type) => $"{Text(type.Number(1))}/{Text(type.Number(2))}";

    private string Text(ulong index) => _strings[index];
}

/// <summary>A sample; its frames from the leaf on; its type, unless a frame names it.</summary>
internal sealed record PprofSample(PprofFrame[] Frames, long[] Values, string? Type);

internal sealed record PprofFrame(string Name, string SystemName, string File, int Line, ulong Address, string Mapping);
