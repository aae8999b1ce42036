using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What was recorded, how, and its limitations.</summary>
internal static class HeaderSection
{
    /// <summary>Columns of a fact's label.</summary>
    public const int LabelWidth = 11;
    private const int NamedModules = 4;

    /// <summary>Writes the header of a report.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        var (process, recording) = (profile.Process, profile.Recording);
        WriteProcess(page, process);
        Fact(page, "Recording", Sentence(TerminalText.Clean(recording.File), Started(recording), Covered(recording)));
        Fact(page, "Ended", End(recording));
        if (recording.HeapSnapshot is not null)
            Fact(page, "Snapshot", TerminalText.Clean($"of the heap, beside the recording: {NextStepText.Of(NextStep.TakeHeapSnapshot, profile)}"));
        Fact(page, "Samples", Samples(profile));
        Fact(page, "Own code", OwnCode(recording));
        foreach (var caveat in Caveats.Of(profile))
            page.Paragraph(Text(caveat, profile), Theme.Warning, new("! ", Theme.Warning));
    }

    /// <summary>Writes the process.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="process">The process.</param>
    public static void WriteProcess(ReportPage page, ProcessDescription process)
    {
        Fact(page, "Process", Name(process));
        if (process.CommandLine is { Length: > 0 } commandLine)
            page.Line(new(Label(""), Theme.Plain), new(page.Names.Text(TerminalText.Clean(commandLine), page.Width - LabelWidth), Theme.Quiet));
        Fact(page, "Runtime", Runtime(process));
    }

    /// <summary>Writes one of several recordings in a line or two, and its limitations.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="label">Its label.</param>
    /// <param name="profile">The profile.</param>
    public static void WriteShort(ReportPage page, string label, MemoryProfile profile)
    {
        var (process, recording) = (profile.Process, profile.Recording);
        Fact(page, label, Sentence(TerminalText.Clean(recording.File), Name(process), Started(recording), Covered(recording), Samples(profile)));
        foreach (var caveat in Caveats.Of(profile))
            page.Paragraph($"{label}: {Text(caveat, profile)}", Theme.Warning, new("! ", Theme.Warning));
    }

    /// <summary>Writes a fact with a label before it.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="label">The label.</param>
    /// <param name="text">The fact, clean; nothing is written for none.</param>
    public static void Fact(ReportPage page, string label, string text)
    {
        if (text.Length > 0)
            page.Paragraph(text, Theme.Plain, new(Label(label), Theme.Quiet));
    }

    private static string Text(Caveat caveat, MemoryProfile profile) =>
        TerminalText.Clean(caveat.Next is { } step ? NextStepText.Sentence(caveat.Text.TrimEnd('.'), step, profile) : caveat.Text);

    private static string Label(string label) => label.PadRight(LabelWidth);

    private static string Name(ProcessDescription process)
    {
        var name = TerminalText.Clean(process.Name ?? "unknown");
        return process.Id > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name} ({process.Id})") : name;
    }

    /// <summary>The runtime of a process, its machine and its garbage collector.</summary>
    /// <param name="process">The process.</param>
    public static string Runtime(ProcessDescription process) => Sentence(
        process.RuntimeVersion is null ? null : $".NET {TerminalText.Clean(process.RuntimeVersion)}",
        TerminalText.Clean($"{process.OperatingSystem} {process.Architecture}".Trim()),
        Processors(process.ProcessorCount),
        process.ServerGc switch { true => "Server GC", false => "Workstation GC", null => null },
        process.ConcurrentGc switch { true => "concurrent", false => "non-concurrent", null => null });

    private static string? Processors(int count) => count switch
    {
        <= 0 => null,
        1 => "1 processor",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} processors"),
    };

    private static string Started(RecordingDescription recording) =>
        recording.StartedAt is { } started ? started.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : "";

    private static string Covered(RecordingDescription recording) => recording.WindowStartSeconds > 0
        ? $"{Duration.Format(recording.DurationSeconds)} starting at {Duration.Format(recording.WindowStartSeconds)}"
        : Duration.Format(recording.DurationSeconds);

    private static string End(RecordingDescription recording) =>
        Sentence(recording.EndReason is { } reason ? EndReasonText.Of(reason) : null, TerminalText.Clean(recording.EndDetail ?? ""));

    private static string OwnCode(RecordingDescription recording)
    {
        var named = recording.OwnModules.Take(NamedModules).Select(module => $"{TerminalText.Clean(module.Name)} ({Evidence(module.Evidence)})");
        var others = recording.OwnModules.Length - NamedModules;
        return string.Join(", ", named) + (others > 0 ? $", {Count.Format(others)} more" : "");
    }

    private static string Evidence(OwnershipEvidence evidence) => evidence switch
    {
        OwnershipEvidence.Pattern => "--my-code",
        OwnershipEvidence.EntryAssembly => "entry assembly",
        OwnershipEvidence.ProjectReference => "project in deps.json",
        OwnershipEvidence.Sources => "sources in its PDB",
        _ => "not a framework or package",
    };

    private static string Samples(MemoryProfile profile) => profile.Allocations.Sampling switch
    {
        AllocationSampling.None => "no allocation events",
        AllocationSampling.Tick => Count.Things(profile.Recording.AllocationSamples, "allocation tick", "allocation ticks"),
        _ => $"{Count.Things(profile.Recording.AllocationSamples, "allocation sample", "allocation samples")}, randomized (unbiased)",
    };

    private static string Sentence(params ReadOnlySpan<string?> parts)
    {
        var sentence = "";
        foreach (var part in parts)
        {
            if (!string.IsNullOrEmpty(part))
                sentence += sentence.Length == 0 ? part : ", " + part;
        }

        return sentence;
    }
}
