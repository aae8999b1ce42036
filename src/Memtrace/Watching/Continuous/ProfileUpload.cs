using System.Globalization;
using Memtrace.Exporting.Pprof;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Watching.Continuous;

/// <summary>Sends profiles of windows to an engine by way of a spool on disk. Thread-safe.</summary>
internal sealed class ProfileUpload : IDisposable
{
    /// <summary>How long the watcher waits for the engine when it ends. What is not sent by then is sent after the next start.</summary>
    private static readonly TimeSpan LastAttempt = TimeSpan.FromSeconds(5);

    private readonly ProfileSpool _spool;
    private readonly ProfileSender _sender;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;

    /// <summary>Opens the spool.</summary>
    /// <param name="options">Where to send profiles.</param>
    /// <param name="directory">The directory of the spool.</param>
    /// <param name="log">Receives a line about each change.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be used.</exception>
    public ProfileUpload(ProfileOptions options, string directory, Action<string> log, TimeProvider time)
    {
        (_log, _time) = (log, time);
        _spool = new ProfileSpool(directory, options.SpoolBytes, time);
        _sender = new ProfileSender(options.Server, _spool, log, time);
    }

    /// <summary>How many profiles the engine has accepted.</summary>
    public long Sent => _sender.Sent;

    /// <summary>How many profiles were dropped.</summary>
    public long Dropped => _spool.Dropped;

    /// <summary>The bytes that wait to be sent.</summary>
    public long WaitingBytes => _spool.Bytes;

    /// <summary>Sends until it is stopped, and then what still waits, for some seconds.</summary>
    /// <param name="stop">Stops; after it nothing may be added.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        await _sender.RunAsync(stop);
        using var limit = new CancellationTokenSource(LastAttempt, _time);
        await _sender.SendAllAsync(limit.Token);
    }

    /// <summary>Adds the profile of a window. It does not wait for the engine, and never fails: what cannot be written is reported.</summary>
    /// <param name="window">The profile.</param>
    /// <param name="resource">What identifies the process.</param>
    public void Add(MemoryProfile window, ResourceAttributes resource)
    {
        var until = _time.GetUtcNow();
        var from = until.AddSeconds(-window.Recording.DurationSeconds);
        try
        {
            _spool.Add(new SpooledProfile(Query(resource, from, until), until, Write(window, from)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log($"Profile of {resource.Service} dropped: it cannot be kept on disk: {FileFailure.ReasonToWrite(exception)}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    // The clock may have been set since the recording began.
    private static byte[] Write(MemoryProfile window, DateTimeOffset from)
    {
        using var content = new MemoryStream();
        PprofProfile.WriteWindow(content, window with { Recording = window.Recording with { StartedAt = from.AddSeconds(-window.Recording.WindowStartSeconds) } });
        return content.ToArray();
    }

    private static string Query(ResourceAttributes resource, DateTimeOffset from, DateTimeOffset until) => string.Create(
        CultureInfo.InvariantCulture,
        $"name={Uri.EscapeDataString(SeriesName.Of(resource))}&from={from.ToUnixTimeSeconds()}&until={until.ToUnixTimeSeconds()}&format=pprof&spyName=dotnet-memtrace");
}
