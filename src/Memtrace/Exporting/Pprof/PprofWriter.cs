using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Memtrace.Events;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Pprof;

/// <summary>Writes one profile. Locations, functions and mappings are written when a sample first refers to them; readers accept any order.</summary>
/// <param name="output">Where to write.</param>
/// <param name="profile">The profile.</param>
/// <param name="dialect">What its reader expects.</param>
internal sealed class PprofWriter(CodedOutputStream output, MemoryProfile profile, PprofDialect dialect)
{
    private readonly ImmutableArray<PprofSampleType> _types = dialect.TypesOf(profile);
    private readonly Dictionary<string, long> _strings = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<string, long> _mappings = new(StringComparer.Ordinal);
    private readonly Dictionary<Frame, long> _locations = [];
    private readonly Dictionary<(string Name, string SystemName, string? File), long> _functions = [];
    private readonly string _application = profile.Process.Name is { Length: > 0 } name ? name : "unknown";

    /// <summary>Writes all of it.</summary>
    public void Write()
    {
        WriteHeader();

        // The first mapping is the program's.
        Mapping(_application);
        WriteSamples();
        foreach (var text in _strings.OrderBy(item => item.Value))
            output.Text(PprofFields.Profile.StringTable, text.Key);
    }

    private void WriteHeader()
    {
        foreach (var type in _types)
            output.Message(PprofFields.Profile.SampleType, value => WriteValueType(value, type.Name, type.Unit));
        output.Number(PprofFields.Profile.DefaultSampleType, Text(profile.Live is null ? "alloc_space" : "inuse_space"));
        if (profile.Recording.StartedAt is { } start)
            output.Number(PprofFields.Profile.TimeNanos, unchecked(((start - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) + Nanoseconds(profile.Recording.WindowStartSeconds)));
        output.Number(PprofFields.Profile.DurationNanos, Nanoseconds(profile.Recording.DurationSeconds));

        // Pyroscope rejects a profile without a period type, even an empty one. Allocation ticks have the same distance, rounded by the runtime.
        output.Message(PprofFields.Profile.PeriodType, value => WriteValueType(value, "space", "bytes"));
        output.Number(PprofFields.Profile.Period, profile.Allocations.Sampling == AllocationSampling.None ? 0 : (long)AllocationSampler.MeanDistanceBytes);
        foreach (var comment in Comments())
            output.Number(PprofFields.Profile.Comment, Text(comment));
    }

    private IEnumerable<string> Comments()
    {
        var (process, recording) = (profile.Process, profile.Recording);
        yield return string.Create(CultureInfo.InvariantCulture, $"process: {_application} ({process.Id})");
        if (process.CommandLine is { } commandLine)
            yield return $"command line: {commandLine}";
        if (process.RuntimeVersion is { } version)
            yield return $"runtime: .NET {version} {process.OperatingSystem} {process.Architecture}".TrimEnd();
        yield return $"recording: {recording.File}";
        if (profile.Allocations.Sampling == AllocationSampling.Tick)
            yield return "allocations: ticks, biased where allocation has a pattern";
        if (recording.LostEvents > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"lost events: {recording.LostEvents}; amounts are too low");
    }

    private void WriteSamples()
    {
        var parts = _types.Select(_ => new WholeParts()).ToArray();
        var values = new long[_types.Length];
        foreach (var (type, stack, amounts) in Amounts())
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = parts[i].Next(_types[i].Amount(amounts[(int)_types[i].Value]));
            if (values.AsSpan().ContainsAnyExcept(0))
                WriteSample(type, stack, values);
        }
    }

    /// <summary>The amounts of each type and stack, indexed by value.</summary>
    private IEnumerable<(string Type, CallStack? Stack, Estimate[] Amounts)> Amounts()
    {
        var places = new Dictionary<(string Type, CallStack? Stack), int>();
        var amounts = new List<Estimate[]>();
        var values = Enum.GetValues<CallTreeValue>().Length;
        foreach (var value in ProfileStacks.Values(profile))
        {
            foreach (var item in ProfileStacks.Of(profile, value))
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, (item.Type, item.Stack), out var known);
                if (!known)
                {
                    place = amounts.Count;
                    amounts.Add(new Estimate[values]);
                }

                amounts[place][(int)value] += item.Allocated;
            }
        }

        return places.OrderBy(item => item.Value).Select(item => (item.Key.Type, item.Key.Stack, amounts[item.Value]));
    }

    private void WriteSample(string type, CallStack? stack, long[] values) => output.Message(PprofFields.Profile.Sample, sample =>
    {
        var frames = stack?.Frames ?? [NoStack];
        sample
            .Numbers(PprofFields.Sample.LocationId, [.. (dialect.TypeNames == PprofTypeNames.Leaves ? frames.Prepend(TypedCallTree.Leaf(type)) : frames).Select(Location)])
            .Numbers(PprofFields.Sample.Value, values);
        if (dialect.TypeNames == PprofTypeNames.Labels)
            WriteTypeLabel(sample, type);
    });

    private void WriteTypeLabel(CodedOutputStream sample, string type) => sample.Message(PprofFields.Sample.Label, label => label
        .Number(PprofFields.Label.Key, Text("type"))
        .Number(PprofFields.Label.Text, Text(type)));

    private static readonly Frame NoStack = new(FrameText.NoStack, null, null, null, FrameOrigin.Framework);

    private long Location(Frame frame) => IdOf(_locations, frame, id => output.Message(PprofFields.Profile.Location, location => location
        .Number(PprofFields.Location.Id, id)
        .Number(PprofFields.Location.MappingId, Mapping(frame.Module ?? _application))
        .Number(PprofFields.Location.Address, Address(frame))
        .Message(PprofFields.Location.Line, line => line
            .Number(PprofFields.Line.FunctionId, Function(frame))
            .Number(PprofFields.Line.Number, frame.Line ?? 0))));

    private long Function(Frame frame)
    {
        // Where both names are the same, pprof takes the name for a mangled one of C++ and strips what is in angle brackets.
        var key = (FrameText.Of(frame), SystemName: $"{frame.Module}!{FrameText.Of(frame)}", frame.File);
        return IdOf(_functions, key, id => output.Message(PprofFields.Profile.Function, function => function
            .Number(PprofFields.Function.Id, id)
            .Number(PprofFields.Function.Name, Text(key.Item1))
            .Number(PprofFields.Function.SystemName, Text(key.SystemName))
            .Number(PprofFields.Function.FileName, Text(frame.File ?? ""))));
    }

    /// <summary>The mapping of a program or an assembly. Its symbols are marked as known, or pprof would look for the file.</summary>
    private long Mapping(string file) => IdOf(_mappings, file, id => output.Message(PprofFields.Profile.Mapping, mapping => mapping
        .Number(PprofFields.Mapping.Id, id)
        .Number(PprofFields.Mapping.FileName, Text(file))
        .Number(PprofFields.Mapping.HasFunctions, 1)
        .Number(PprofFields.Mapping.HasFileNames, 1)
        .Number(PprofFields.Mapping.HasLineNumbers, 1)));

    /// <summary>The id of what is written once, at its first use.</summary>
    private static long IdOf<TKey>(Dictionary<TKey, long> ids, TKey key, Action<long> write)
        where TKey : notnull
    {
        if (ids.TryGetValue(key, out var id))
            return id;
        ids.Add(key, id = ids.Count + 1);
        write(id);
        return id;
    }

    private static long Address(Frame frame) =>
        frame.Origin == FrameOrigin.Unresolved && frame.Method.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(frame.Method.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address)
            ? (long)address
            : 0;

    private void WriteValueType(CodedOutputStream value, string type, string unit) =>
        value.Number(PprofFields.ValueType.Type, Text(type)).Number(PprofFields.ValueType.Unit, Text(unit));

    private long Text(string text)
    {
        var plain = PlainText.Replace(text);
        if (!_strings.TryGetValue(plain, out var index))
            _strings.Add(plain, index = _strings.Count);
        return index;
    }

    // A damaged recording can have times of any size; the conversion saturates.
    private static long Nanoseconds(double seconds) => (long)Math.Round(seconds * 1e9);
}
