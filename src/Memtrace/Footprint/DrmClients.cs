using System.Globalization;

namespace Memtrace.Footprint;

/// <summary>
/// Memory that the graphics drivers of Linux report for a process's open devices (Documentation/gpu/drm-usage-stats.rst). Descriptors with the
/// same device and client id are the same client, so they count once.
/// </summary>
internal static class DrmClients
{
    /// <summary>Reads the files of a folder /proc/PID/fdinfo.</summary>
    /// <returns>Bytes; null if no descriptor is a graphics device, or access is denied.</returns>
    public static long? Read(string folder)
    {
        var clients = new Dictionary<(string Device, string Client), long>();
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                if (ReadClient(file) is { Driver: true } client)
                    clients[(client.Device, client.Id ?? file)] = client.Bytes;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return clients.Count == 0 ? null : clients.Values.Sum();
    }

    private static Client? ReadClient(string file)
    {
        try
        {
            using var lines = File.ReadLines(file).GetEnumerator();
            var fields = new Dictionary<string, string>();
            while (lines.MoveNext())
            {
                if (lines.Current.StartsWith("drm-", StringComparison.Ordinal) && lines.Current.Split(':', 2) is [var key, var value])
                    fields[key] = value.Trim();
            }

            return fields.Count == 0 ? null : new Client(
                fields.ContainsKey("drm-driver"), fields.GetValueOrDefault("drm-pdev", ""), fields.GetValueOrDefault("drm-client-id"), Bytes(fields));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Adds up what is resident in each memory region, by the newer of the two keys; if a driver has neither, what is allocated.</summary>
    private static long Bytes(Dictionary<string, string> fields)
    {
        string[] prefixes = ["drm-resident-", "drm-memory-", "drm-total-"];
        return fields.Keys
            .Select(key => Array.Find(prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? key[prefix.Length..] : null)
            .OfType<string>()
            .Distinct()
            .Sum(region => prefixes.Select(prefix => fields.GetValueOrDefault(prefix + region)).OfType<string>().Select(Amount).FirstOrDefault());
    }

    private static long Amount(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return 0;
        var unit = parts.ElementAtOrDefault(1) switch
        {
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            _ => 1L,
        };
        return number <= long.MaxValue / unit ? number * unit : 0;
    }

    private sealed record Client(bool Driver, string Device, string? Id, long Bytes);
}
