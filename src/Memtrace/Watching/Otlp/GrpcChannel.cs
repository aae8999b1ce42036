using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Memtrace.Watching.Otlp;

/// <summary>gRPC: one unary call for each request, over HTTP/2, without TLS for <c>http</c>.</summary>
/// <param name="options">Where to, and how.</param>
internal sealed class GrpcChannel(OtlpOptions options) : OtlpChannel(options)
{
    /// <summary>Before a message stand a byte that says whether it is compressed, and its length.</summary>
    private const int PrefixLength = 5;

    /// <inheritdoc/>
    protected override HttpRequestMessage Request(byte[] content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Options.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Framed(content)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc+proto");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (Options.IsCompressed)
            request.Headers.Add("grpc-encoding", "gzip");
        return request;
    }

    /// <inheritdoc/>
    protected override OtlpAnswer Judge(HttpAnswer answer)
    {
        if (!int.TryParse(answer.Fields["grpc-status"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            return new OtlpAnswer(new SendFailure("the server does not speak gRPC", MayPass: false));
        return status == 0 ? OtlpAnswer.Parse(Unframed(answer.Body.Span)) : new OtlpAnswer(new SendFailure(Problem(answer, status), MayPass(status)));
    }

    private static string Problem(HttpAnswer answer, int status) => answer.Fields["grpc-message"].FirstOrDefault() is { Length: > 0 } message
        ? string.Create(CultureInfo.InvariantCulture, $"the server answered gRPC status {status}: {Uri.UnescapeDataString(message)}")
        : string.Create(CultureInfo.InvariantCulture, $"the server answered gRPC status {status}");

    // Cancelled, deadline exceeded, aborted, out of range, unavailable, data loss. An exhausted resource may pass only if the server says when.
    private static bool MayPass(int status) => status is 1 or 4 or 10 or 11 or 14 or 15;

    private byte[] Framed(byte[] content)
    {
        var framed = new byte[PrefixLength + content.Length];
        framed[0] = Options.IsCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), content.Length);
        content.CopyTo(framed, PrefixLength);
        return framed;
    }

    // This client accepts no compression of answers.
    private static ReadOnlySpan<byte> Unframed(ReadOnlySpan<byte> body) => body.Length > PrefixLength && body[0] == 0 ? body[PrefixLength..] : default;
}
