using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Ps;

public sealed class PsJsonTests
{
    [Fact]
    public void The_document_has_bytes_and_seconds_as_numbers_and_null_for_what_is_not_known()
    {
        using var writer = new StringWriter();

        ProcessJson.Write(
            writer, new MachineMemory(16L << 30, null, null), new ContainerMemory(104857600, 536870912, 0), [PsTableTests.Api with { Memory = PsTableTests.Api.Memory with { HugePages = 2 << 20 }, GpuBytes = 4096 }, PsTableTests.Off with { UptimeSeconds = null }]);

        Assert.Equal(
            """
            {
              "schema": "dotnet-memtrace/ps",
              "version": 1,
              "machine": {
                "totalBytes": 17179869184,
                "usedBytes": null,
                "availableBytes": null
              },
              "container": {
                "limitBytes": 536870912,
                "usageBytes": 104857600
              },
              "processes": [
                {
                  "id": 812,
                  "name": "api",
                  "commandLine": "/srv/api --urls http://*:8080 --environment Production",
                  "user": "app",
                  "rssBytes": 1717567488,
                  "peakRssBytes": 2147483648,
                  "hugePagesBytes": 2097152,
                  "gpuBytes": 4096,
                  "memoryPercent": 9.997559,
                  "cpuPercent": 152.25,
                  "threads": 42,
                  "uptimeSeconds": 90061,
                  "attachable": true,
                  "obstacle": null
                },
                {
                  "id": 77,
                  "name": "Quiet",
                  "commandLine": "dotnet Quiet.dll",
                  "user": "root",
                  "rssBytes": 52428800,
                  "peakRssBytes": 52428800,
                  "hugePagesBytes": null,
                  "gpuBytes": null,
                  "memoryPercent": 0.305176,
                  "cpuPercent": 0,
                  "threads": 5,
                  "uptimeSeconds": null,
                  "attachable": false,
                  "obstacle": "has diagnostics switched off"
                }
              ]
            }

            """.ReplaceLineEndings(),
            writer.ToString().ReplaceLineEndings());
    }

    [Fact]
    public void A_machine_without_a_container_has_none()
    {
        using var writer = new StringWriter();

        ProcessJson.Write(writer, new MachineMemory(16L << 30, 8L << 30, 0), null, []);

        Assert.Contains("\"usedBytes\": 8589934592", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"container\": null", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"processes\": []", writer.ToString(), StringComparison.Ordinal);
    }
}
