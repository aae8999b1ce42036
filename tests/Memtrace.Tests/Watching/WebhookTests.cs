using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Memtrace.TestSupport.Servers;
using Memtrace.Watching.Actions;

namespace Memtrace.Tests.Watching;

public sealed class WebhookTests
{
    private static readonly Incident Sample = new(12, "App", "rss > 1GiB", "rss is 1.1 GiB", DateTimeOffset.UnixEpoch, ["/d/a.nettrace"]) { RssBytes = 1181116006 };

    [Fact]
    public async Task An_incident_arrives_signed()
    {
        using var server = new HttpReceiver();
        using var webhook = new Webhook("secret", [], TimeProvider.System);

        Assert.Null(await webhook.SendAsync(server.Address, Sample, TestContext.Current.CancellationToken));

        var request = Assert.Single(server.Requests);
        var (signature, body) = (request.Headers["X-Memtrace-Signature-256"], request.Body);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("secret"), body)), signature);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("rss > 1GiB", json.RootElement.GetProperty("rule").GetString());
        Assert.Equal(1181116006, json.RootElement.GetProperty("rssBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("gcHeapBytes").ValueKind);
        Assert.Equal("/d/a.nettrace", json.RootElement.GetProperty("files")[0].GetString());
    }

    [Fact]
    public async Task A_failing_server_is_retried_a_limited_number_of_times()
    {
        using var server = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using var webhook = new Webhook(null, [TimeSpan.Zero, TimeSpan.Zero], TimeProvider.System);

        Assert.Equal("the server answered 503", await webhook.SendAsync(server.Address, Sample, TestContext.Current.CancellationToken));

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_refuses_is_not_asked_again()
    {
        using var server = new HttpReceiver(HttpStatusCode.Forbidden);
        using var webhook = new Webhook(null, [TimeSpan.Zero], TimeProvider.System);

        Assert.Equal("the server answered 403", await webhook.SendAsync(server.Address, Sample, TestContext.Current.CancellationToken));

        Assert.Single(server.Requests);
    }
}
