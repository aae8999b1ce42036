using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.Exports;

/// <summary>The totals of a JSON report, which other formats must agree with.</summary>
internal sealed class ExportedReport(JsonElement report)
{
    public (long Bytes, long Objects) Allocated => Amount(report.GetProperty("allocations"));

    public (long Bytes, long Objects) Live => Amount(report.GetProperty("live").GetProperty("end"));

    public (long Bytes, long Objects) Peak => Amount(report.GetProperty("live").GetProperty("peak"));

    public static ExportedReport Of(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return new ExportedReport(document.RootElement.Clone());
    }

    private static (long Bytes, long Objects) Amount(JsonElement estimate) => (estimate.GetProperty("bytes").GetInt64(), estimate.GetProperty("objects").GetInt64());
}
