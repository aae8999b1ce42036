using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes the verdict on leaks as JSON.</summary>
internal static class JsonLeakVerdict
{
    /// <summary>Writes it as the property <c>leak</c>, null where there is none.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="verdict">The verdict.</param>
    public static void Write(Utf8JsonWriter json, LeakVerdict? verdict)
    {
        if (verdict is null)
        {
            json.WriteNull("leak");
            return;
        }

        json.WriteStartObject("leak");
        json.WriteString("answer", JsonNamingPolicy.CamelCase.ConvertName(Enum.GetName(verdict.Answer)!));
        json.WriteString("gap", verdict.Gap == LeakGap.None ? null : JsonNamingPolicy.CamelCase.ConvertName(Enum.GetName(verdict.Gap)!));
        json.WriteStartArray("findings");
        foreach (var id in verdict.Findings)
            json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteNumber("fullCollections", verdict.FullCollections);
        json.WriteInteger("riseBytes", verdict.RiseBytes);
        json.WriteFigure("seconds", ColumnKind.Seconds, verdict.Seconds);
        json.WriteInteger("olderBytes", verdict.OlderBytes);
        json.WriteFlag("olderSurvived", verdict.OlderBytes is null ? null : verdict.OlderSurvived);
        json.WriteEndObject();
    }
}
