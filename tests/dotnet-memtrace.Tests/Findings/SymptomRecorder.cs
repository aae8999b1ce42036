using System.Globalization;

namespace Memtrace.Tool.Tests.Findings;

/// <summary>What was found in a program, and how much of its symptoms there was by its own count before it was recorded and after.</summary>
internal sealed record SymptomFindings(ReportedFindings Findings, IReadOnlyList<long> Before, IReadOnlyList<long> After);

/// <summary>Records programs with known symptoms by the real tool, and tells what it finds.</summary>
internal sealed class SymptomRecorder : IDisposable
{
    /// <summary>Longer than what it takes to speak of growth, also where the first collections come late.</summary>
    public const string LongEnough = "15s";

    /// <summary>Rules about what only a container or swap can cause.</summary>
    public static readonly string[] OfTheSystem = ["container-limit", "gc-limit", "swap"];

    private readonly ScratchFolder _folder = new();

    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    /// <summary>Records the program Symptoms.</summary>
    /// <param name="symptoms">What it shows.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="live">Whether to follow what lives.</param>
    /// <param name="environment">Variables of the program.</param>
    public async Task<SymptomFindings> FindAsync(string[] symptoms, string duration = LongEnough, bool live = false, params (string Name, string Value)[] environment)
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Symptoms", symptoms), environment);
        var before = await AmountsAsync(target);
        var findings = await FindAsync(target, duration, live ? ["--live"] : []);
        return new(findings, before, await AmountsAsync(target));
    }

    /// <summary>Records the program Footprint for as long as it takes to see where its memory is, or longer.</summary>
    public async Task<ReportedFindings> FootprintAsync(string[] holding, string duration = "1s")
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", holding));
        return await FindAsync(target, duration);
    }

    /// <summary>Records a process.</summary>
    public async Task<ReportedFindings> FindAsync(TargetProcess target, string duration, params string[] options)
    {
        var file = _folder.File($"{target.Id}.nettrace");
        var run = await Tool.RunAsync(["collect", "-p", $"{target.Id}", "-o", file, "--duration", duration, .. options]);
        run.HasExitCode(0);
        Assert.Contains("Findings", run.Output, StringComparison.Ordinal);
        return await ReportedFindings.OfAsync(file);
    }

    private static async Task<IReadOnlyList<long>> AmountsAsync(TargetProcess target)
    {
        await target.WriteLineAsync("how much");
        return [.. (await target.ReadLineAsync())!.Split(' ').Select(amount => long.Parse(amount, CultureInfo.InvariantCulture))];
    }
}
