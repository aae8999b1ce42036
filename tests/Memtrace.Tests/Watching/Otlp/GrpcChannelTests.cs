using System.Buffers.Binary;
using System.Net;
using Memtrace.TestSupport.Servers;
using Memtrace.Watching.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Memtrace.Tests.Watching.Otlp;

/// <summary>gRPC against a server that speaks HTTP/2 without TLS.</summary>
[Slow]
public sealed class GrpcChannelTests : IAsyncDisposable
{
    private readonly WebApplication _server;
    private byte[] _body = [];
    private IHeaderDictionary? _headers;
    private string _status = "0";

    public GrpcChannelTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", AnswerAsync);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_is_a_unary_call(bool isCompressed)
    {
        using var channel = await OpenAsync(isCompressed);
        byte[] message = [1, 2, 3];

        var answer = await channel.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Null(answer.Failure);
        Assert.Equal(message, _body[5..]);
        Assert.Equal((isCompressed ? 1 : 0, 3), (_body[0], BinaryPrimitives.ReadInt32BigEndian(_body.AsSpan(1))));
        Assert.Equal(("application/grpc+proto", "trailers", isCompressed ? "gzip" : ""), ($"{_headers!.ContentType}", $"{_headers.TE}", $"{_headers["grpc-encoding"]}"));
        Assert.Equal("secret", _headers["api-key"]);
    }

    [Theory]
    [InlineData("14", true)]
    [InlineData("4", true)]
    [InlineData("8", false)]
    [InlineData("3", false)]
    [InlineData("12", false)]
    public async Task A_status_says_whether_another_attempt_may_succeed(string status, bool mayPass)
    {
        _status = status;
        using var channel = await OpenAsync(isCompressed: true);

        var answer = await channel.SendAsync([1], TestContext.Current.CancellationToken);

        Assert.Equal((mayPass, $"the server answered gRPC status {status}: no luck"), (answer.Failure!.MayPass, answer.Failure.Problem));
    }

    [Fact]
    public async Task A_server_that_speaks_HTTP_1_only_fails()
    {
        using var server = new HttpReceiver();
        using var channel = OtlpChannel.Open(new OtlpOptions(server.Address) { Protocol = OtlpProtocol.Grpc });

        var answer = await channel.SendAsync([1], TestContext.Current.CancellationToken);

        Assert.StartsWith("The HTTP/2 server sent invalid data", answer.Failure!.Problem, StringComparison.Ordinal);
    }

    private async Task<OtlpChannel> OpenAsync(bool isCompressed)
    {
        await _server.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(_server.Urls.Single());
        return OtlpChannel.Open(OtlpOptions.Of(address, name => name switch
        {
            "OTEL_EXPORTER_OTLP_PROTOCOL" => "grpc",
            "OTEL_EXPORTER_OTLP_HEADERS" => "api-key=secret",
            "OTEL_EXPORTER_OTLP_COMPRESSION" => isCompressed ? "gzip" : "none",
            _ => null,
        }));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        (_body, _headers) = (body.ToArray(), context.Request.Headers);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", _status);
        context.Response.AppendTrailer("grpc-message", "no%20luck");
    }
}
