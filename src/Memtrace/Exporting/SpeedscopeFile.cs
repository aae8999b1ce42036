using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// Writes profiles in the format of speedscope (https://www.speedscope.app/file-format-schema.json): one each for allocations, objects live at the
/// end and objects live at the peak, as far as they are known; weights are bytes.
/// </summary>
internal static class SpeedscopeFile
{
    private const string Schema = "https://www.speedscope.app/file-format-schema.json";

    /// <summary>Writes one document.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(Stream stream, MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options with { Indented = false });
        var frames = new FrameTable();
        json.WriteStartObject();
        json.WriteString("$schema", Schema);
        json.WriteString("exporter", "dotnet-memtrace");
        json.WriteString("name", profile.Recording.File);
        json.WriteStartArray("profiles");
        foreach (var value in ProfileStacks.Values(profile))
            WriteProfile(json, Name(value), [.. TypedCallTree.Stacks(profile, value)], frames);
        json.WriteEndArray();
        json.WriteStartObject("shared");
        frames.Write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Name(CallTreeValue value) => value switch
    {
        CallTreeValue.Live => "live at the end",
        CallTreeValue.Peak => "live at its peak",
        _ => "allocated",
    };

    private static void WriteProfile(Utf8JsonWriter json, string name, List<TypedStack> stacks, FrameTable frames)
    {
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", name);
        json.WriteString("unit", "bytes");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", stacks.Sum(stack => stack.Bytes));
        json.WriteStartArray("samples");
        foreach (var stack in stacks)
            frames.WriteIndexes(json, stack.Frames);
        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (var stack in stacks)
            json.WriteNumberValue(stack.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The frames that the profiles share. A method is one frame; it has a file and a line where all its samples are in the same place.</summary>
    private sealed class FrameTable
    {
        private readonly Dictionary<(string Name, string? Module), int> _indexes = [];
        private readonly List<Frame> _frames = [];

        public void WriteIndexes(Utf8JsonWriter json, IReadOnlyList<Frame> frames)
        {
            json.WriteStartArray();
            foreach (var frame in frames)
                json.WriteNumberValue(Index(frame));
            json.WriteEndArray();
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray("frames");
            foreach (var frame in _frames)
            {
                json.WriteStartObject();
                json.WriteString("name", FrameText.Of(frame));
                if (frame.File is { } file)
                    json.WriteString("file", file);
                if (frame.Line is { } line)
                    json.WriteNumber("line", line);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        private int Index(Frame frame)
        {
            var key = (FrameText.Of(frame), frame.Module);
            if (!_indexes.TryGetValue(key, out var index))
            {
                _indexes.Add(key, index = _frames.Count);
                _frames.Add(frame);
            }
            else
            {
                _frames[index] = _frames[index].SharedWith(frame);
            }

            return index;
        }
    }
}
