using System.Net;
using Memtrace.Profiles;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Profiles;
using Memtrace.TestSupport.Servers;
using Memtrace.Watching;
using Memtrace.Watching.Continuous;

namespace Memtrace.Tests.Watching.Continuous;

public sealed class ProfileUploadTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_profile_arrives_as_the_protocol_asks()
    {
        using var server = new HttpReceiver();
        using var upload = Open(server.Address);
        upload.Add(Window, Resource);

        await RunOnceAsync(upload);

        var profile = new IngestedProfile(Assert.Single(server.Requests));
        Assert.Equal(("Shop", "prod", "12"), (profile.Service, profile.Labels["env"], profile.Labels["process_pid"]));
        Assert.Equal(60, profile.Until - profile.From);
        Assert.Equal((60_000_000_000, (double)profile.From), (profile.Profile.DurationNanos, Math.Floor(profile.Profile.TimeNanos / 1e9)));
        Assert.Equal((1, 0, 0), (upload.Sent, upload.Dropped, upload.WaitingBytes));
    }

    [Fact]
    public async Task While_the_engine_is_away_profiles_wait_and_then_all_arrive()
    {
        using var server = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using (var upload = Open(server.Address))
        {
            upload.Add(Window, Resource);
            upload.Add(Window, Resource);
            await RunOnceAsync(upload);
            Assert.Equal((0, 0), (upload.Sent, upload.Dropped));
            Assert.NotEqual(0, upload.WaitingBytes);
        }

        server.Status = HttpStatusCode.OK;
        using var restarted = Open(server.Address);
        await RunOnceAsync(restarted);

        Assert.Equal((2, 0), (restarted.Sent, restarted.WaitingBytes));
        Assert.Equal(2, server.Accepted.Count);
        Assert.Single(_log, line => line.Contains("the server answered 503", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_engine_refuses_holds_up_nothing()
    {
        using var server = new HttpReceiver(HttpStatusCode.UnprocessableEntity);
        using var upload = Open(server.Address);
        upload.Add(Window, Resource);
        upload.Add(Window, Resource);

        await RunOnceAsync(upload);

        Assert.Equal((2, 0, 2, 0), (server.Requests.Count, upload.Sent, upload.Dropped, upload.WaitingBytes));
        Assert.Single(_log);
    }

    [Fact]
    public async Task An_engine_that_comes_back_gets_what_waited_without_a_restart()
    {
        using var server = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using var upload = Open(server.Address);
        using var stop = new CancellationTokenSource();
        upload.Add(Window, Resource);
        var running = upload.RunAsync(stop.Token);
        await WaitAsync(() => server.Requests.Count > 0);

        server.Status = HttpStatusCode.OK;
        await WaitAsync(() => upload.Sent == 1);

        await stop.CancelAsync();
        await running;
        Assert.EndsWith("accepted again", _log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_ten_minutes_without_the_engine_all_windows_arrive_in_order()
    {
        var time = new ManualTime();
        using var server = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using var upload = new ProfileUpload(new ProfileOptions(server.Address, ProfileOptions.DefaultWindow, ProfileOptions.DefaultSpoolBytes), _folder.File("profiles"), _log.Add, time);
        using var stop = new CancellationTokenSource();
        var running = upload.RunAsync(stop.Token);
        for (var minute = 0; minute < 10; minute++)
        {
            upload.Add(Window, Resource);
            for (var step = 0; step < 6; step++)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                time.Advance(TimeSpan.FromSeconds(10));
            }
        }

        server.Status = HttpStatusCode.OK;
        await WaitAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return upload.Sent == 10;
        });

        await stop.CancelAsync();
        await running;
        var starts = server.Accepted.Select(request => new IngestedProfile(request).From).ToList();
        Assert.Equal(starts.Order(), starts);
        Assert.Equal((10, 0), (starts.Count, upload.Dropped));
    }

    [Fact]
    public async Task Adding_does_not_wait_if_no_server_listens()
    {
        using var upload = Open(new Uri("http://127.0.0.1:1/"));
        for (var i = 0; i < 100; i++)
            upload.Add(Window, Resource);

        await RunOnceAsync(upload);

        Assert.Equal((0, 0), (upload.Sent, upload.Dropped));
        Assert.Single(_log);
    }

    private static MemoryProfile Window { get; } = SampleProfiles.Live with { Recording = SampleProfiles.Live.Recording with { WindowStartSeconds = 3600, DurationSeconds = 60 } };

    private static ResourceAttributes Resource { get; } = ResourceAttributes.Of("Shop", 12, [], new Dictionary<string, string> { ["env"] = "prod" });

    private ProfileUpload Open(Uri server) =>
        new(new ProfileOptions(server, ProfileOptions.DefaultWindow, ProfileOptions.DefaultSpoolBytes), _folder.File("profiles"), _log.Add, TimeProvider.System);

    // What is there is still sent after the stop.
    private static async Task RunOnceAsync(ProfileUpload upload)
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await upload.RunAsync(stop.Token);
    }

    private static async Task WaitAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
            await Task.Delay(20, limit.Token);
    }
}
