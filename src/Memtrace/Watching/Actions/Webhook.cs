using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Memtrace.Watching.Actions;

/// <summary>Sends incidents to a server as JSON (docs/watch.md). Thread-safe.</summary>
/// <param name="secret">The key of the signature; null for no signature.</param>
/// <param name="delays">The waiting times before further attempts.</param>
/// <param name="time">The clock.</param>
internal sealed class Webhook(string? secret, IReadOnlyList<TimeSpan> delays, TimeProvider time) : IDisposable
{
    private const string SignatureHeader = "X-Memtrace-Signature-256";

    private readonly HttpSender _sender = new(HttpSender.DefaultTimeout);

    /// <summary>The waiting times by default.</summary>
    public static IReadOnlyList<TimeSpan> DefaultDelays { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(25)];

    /// <summary>Sends an incident, and tries again where that may help.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="incident">The facts.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> SendAsync(Uri address, Incident incident, CancellationToken cancellation)
    {
        var body = Describe(incident);
        var attempt = await TrySendAsync(address, body, cancellation);
        foreach (var delay in delays)
        {
            if (attempt is not { MayPass: true })
                break;
            await Task.Delay(delay, time, cancellation);
            attempt = await TrySendAsync(address, body, cancellation);
        }

        return attempt?.Problem;
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    /// <summary>The body of a request.</summary>
    internal static byte[] Describe(Incident incident)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("schema", "dotnet-memtrace/incident");
            json.WriteString("host", Environment.MachineName);
            json.WriteNumber("processId", incident.ProcessId);
            json.WriteString("process", incident.Process);
            json.WriteString("rule", incident.Rule);
            json.WriteString("observed", incident.Observed);
            json.WriteString("at", incident.At);
            Write(json, "rssBytes", incident.RssBytes);
            Write(json, "gcHeapBytes", incident.GcHeapBytes);
            Write(json, "limitBytes", incident.LimitBytes);
            json.WriteStartArray("files");
            foreach (var file in incident.Files)
                json.WriteStringValue(file);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    private async Task<SendFailure?> TrySendAsync(Uri address, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (secret is not null)
            request.Headers.Add(SignatureHeader, "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));
        return await _sender.SendAsync(request, cancellation);
    }
}
