using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Memtrace.Processes;
using Memtrace.Watching.Captures;

namespace Memtrace.Watching.Continuous;

/// <summary>A profile of a window, ready to be sent.</summary>
/// <param name="Query">The query of its <c>POST /ingest</c>, without the question mark.</param>
/// <param name="At">The end of the window, UTC.</param>
/// <param name="Content">The profile: pprof, compressed.</param>
internal sealed record SpooledProfile(string Query, DateTimeOffset At, byte[] Content);

/// <summary>
/// Profiles that wait on disk to be sent, oldest first. Profiles beyond the size limit, or too old, are dropped, the oldest first. They survive a restart.
/// Thread-safe.
/// </summary>
internal sealed class ProfileSpool
{
    /// <summary>Pyroscope refuses what is older, by default.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private const string Extension = ".profile";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly SteadyClock _clock;
    private readonly SortedDictionary<long, Waiting> _waiting = [];
    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _next;
    private long _dropped;

    /// <summary>Opens the spool; if there is none, it is created.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="maxBytes">The most bytes to keep.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be used.</exception>
    public ProfileSpool(string path, long maxBytes, TimeProvider time)
    {
        (_path, _maxBytes, _clock) = (path, maxBytes, new SteadyClock(time));
        PrivateFile.CreateDirectory(path);
        foreach (var unfinished in Directory.EnumerateFiles(path, "*" + AtomicFile.Unfinished))
            File.Delete(unfinished);
        foreach (var file in Directory.EnumerateFiles(path, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                _waiting.Add(number, new Waiting(new FileInfo(file).Length, AddedAt: null));
        }

        _next = _waiting.Count > 0 ? _waiting.Keys.Max() + 1 : 0;
    }

    /// <summary>How many profiles were dropped since this watcher started.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _waiting.Values.Sum(profile => profile.Bytes);
        }
    }

    /// <summary>Adds a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <exception cref="IOException">It cannot be written; it counts as dropped.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied; it counts as dropped.</exception>
    public void Add(SpooledProfile profile)
    {
        lock (_lock)
        {
            try
            {
                var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{profile.At.ToUnixTimeSeconds()} {profile.Query}\n"));
                MakeRoomFor(head.Length + profile.Content.Length);
                AtomicFile.Write(PathOf(_next), stream =>
                {
                    stream.Write(head);
                    stream.Write(profile.Content);
                });
                _waiting.Add(_next++, new Waiting(head.Length + profile.Content.Length, _clock.Now));
            }
            catch
            {
                Drop();
                throw;
            }
        }

        _added.Writer.TryWrite(true);
    }

    /// <summary>Waits until a profile may have been added.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task WaitAsync(CancellationToken cancellation) => await _added.Reader.ReadAsync(cancellation);

    /// <summary>The oldest profile; null if there is none. It stays until it is removed.</summary>
    public WaitingProfile? Oldest()
    {
        lock (_lock)
        {
            while (_waiting.Count > 0)
            {
                var number = _waiting.Keys.First();
                if (Read(number) is { } profile && _clock.Now - (_waiting[number].AddedAt ?? profile.At) <= MaxAge)
                    return new WaitingProfile(number, profile);
                Drop();
                Delete(number);
            }

            return null;
        }
    }

    /// <summary>Removes a profile that was sent.</summary>
    /// <param name="profile">The profile.</param>
    public void Remove(WaitingProfile profile)
    {
        lock (_lock)
            Delete(profile.Number);
    }

    /// <summary>Removes a profile that will never be accepted.</summary>
    /// <param name="profile">The profile.</param>
    public void Reject(WaitingProfile profile)
    {
        Drop();
        Remove(profile);
    }

    private void Drop() => Interlocked.Increment(ref _dropped);

    private void MakeRoomFor(long bytes)
    {
        while (_waiting.Count > 0 && _waiting.Values.Sum(profile => profile.Bytes) + bytes > _maxBytes)
        {
            Drop();
            Delete(_waiting.Keys.First());
        }
    }

    private void Delete(long number)
    {
        _waiting.Remove(number);
        File.Delete(PathOf(number));
    }

    // A file that cannot be read does not count: somebody may have deleted or damaged it.
    private SpooledProfile? Read(long number)
    {
        try
        {
            var bytes = File.ReadAllBytes(PathOf(number));
            var end = bytes.AsSpan().IndexOf((byte)'\n');
            return end > 0 && Encoding.UTF8.GetString(bytes, 0, end).Split(' ', 2) is [var at, var query] && long.TryParse(at, CultureInfo.InvariantCulture, out var seconds)
                ? new SpooledProfile(query, DateTimeOffset.UnixEpoch.AddSeconds(seconds), bytes[(end + 1)..])
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private string PathOf(long number) => Path.Combine(_path, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);

    /// <summary>What is known of a profile without reading it.</summary>
    /// <param name="Bytes">The size of its file.</param>
    /// <param name="AddedAt">When it was added; null if that was before a restart, so that only its own time of day is known.</param>
    private readonly record struct Waiting(long Bytes, DateTimeOffset? AddedAt);
}

/// <summary>A profile in the spool.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Profile">The profile.</param>
internal sealed record WaitingProfile(long Number, SpooledProfile Profile);
