using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Units;

namespace Memtrace.Watching.Captures;

/// <summary>How much a directory may hold; the oldest files are deleted for the newest.</summary>
/// <param name="MaxBytes">The most bytes of saved files.</param>
/// <param name="MaxFiles">The most saved files.</param>
internal sealed record CaptureLimit(long MaxBytes, int MaxFiles)
{
    /// <summary>10 GB, 100 files.</summary>
    public static CaptureLimit Default { get; } = new(10_000_000_000, 100);
}

/// <summary>
/// The directory of a watcher: saved files, their index, and its state. Each file is complete or absent, and files that exist after a crash are in the index
/// after the next start. One watcher at a time. Thread-safe.
/// </summary>
internal sealed class CaptureDirectory : IDisposable
{
    private const string LockName = "watch.lock";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly CaptureLimit _limit;
    private readonly TimeProvider _time;
    private readonly FileStream _owner;
    private readonly bool _isNew;
    private ImmutableList<Capture> _captures;

    /// <summary>Opens a directory; if there is none, it is created.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="limit">How much it may hold.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">It cannot be used, or another watcher uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">A file in it may not be read, written or deleted.</exception>
    public CaptureDirectory(string path, CaptureLimit limit, TimeProvider time)
    {
        (_path, _limit, _time) = (System.IO.Path.GetFullPath(path), limit, time);
        _isNew = !Directory.Exists(_path);
        _owner = TakeOwnership();
        try
        {
            _captures = Recover();
            Prune();
            WriteIndex();
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>Its full path.</summary>
    public string Path => _path;

    /// <summary>The saved files, oldest first.</summary>
    public IReadOnlyList<Capture> Captures
    {
        get
        {
            lock (_lock)
                return _captures;
        }
    }

    /// <summary>An unused name for the files of an incident.</summary>
    /// <param name="process">The process's name.</param>
    /// <param name="processId">Its id.</param>
    public string NewStem(string process, int processId)
    {
        var name = string.Concat((process.Length > 0 ? process : "process").Split(System.IO.Path.GetInvalidFileNameChars()));
        var stem = string.Create(CultureInfo.InvariantCulture, $"{name}_{_time.GetUtcNow():yyyyMMdd_HHmmss}_{processId}");
        var free = stem;
        for (var number = 2; Directory.EnumerateFiles(_path, free + ".*").Any(); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}");
        return free;
    }

    /// <summary>Saves a file, in place of one of the same name.</summary>
    /// <param name="stem">Its name without extension.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="cause">Why it is saved.</param>
    /// <param name="write">Writes it under the path given, where there is no file yet.</param>
    /// <exception cref="IOException">It cannot be written, or is larger than the directory's limit.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public async Task<Capture> SaveAsync(string stem, CaptureKind kind, CaptureCause cause, Func<string, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var file = stem + kind.Extension();
        var unfinished = PathOf(file) + AtomicFile.Unfinished;
        try
        {
            File.Delete(unfinished);
            await write(unfinished);
            return Enter(file, kind, cause, unfinished);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>The path of a file.</summary>
    /// <param name="file">Its name.</param>
    public string PathOf(string file) => System.IO.Path.Combine(_path, file);

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();

    /// <summary>Closes it. If it did not exist before and nothing has been saved, it is removed, so that a watcher that cannot start leaves nothing behind.</summary>
    public void Abandon()
    {
        Dispose();
        if (!_isNew || Captures.Count > 0)
            return;
        File.Delete(PathOf(CaptureIndex.FileName));
        File.Delete(PathOf(LockName));
        if (!Directory.EnumerateFileSystemEntries(_path).Any())
            Directory.Delete(_path);
    }

    private Capture Enter(string file, CaptureKind kind, CaptureCause cause, string unfinished)
    {
        Sync(unfinished);
        var capture = new Capture(file, kind, _time.GetUtcNow(), new FileInfo(unfinished).Length) { Cause = cause };
        if (capture.Bytes > _limit.MaxBytes)
            throw new IOException($"{file} takes {ByteSize.Format(capture.Bytes)}, more than the directory may hold ({ByteSize.Format(_limit.MaxBytes)}).");
        lock (_lock)
        {
            File.Move(unfinished, PathOf(file), overwrite: true);
            _captures = _captures.RemoveAll(item => item.File == file).Add(capture);
            Prune();
            WriteIndex();
            return capture;
        }
    }

    private static void Sync(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private FileStream TakeOwnership()
    {
        try
        {
            PrivateFile.CreateDirectory(_path);
            var options = PrivateFile.Options(FileMode.OpenOrCreate);
            options.Share = FileShare.None;
            return new FileStream(PathOf(LockName), options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_path} cannot be used: {Reason(exception)}", exception);
        }
    }

    private string Reason(Exception exception)
    {
        if (File.Exists(_path))
            return "it is a file.";
        return FileFailure.IsInUse(exception) ? "another watcher uses it. Give each its own directory." : FileFailure.ReasonToWrite(exception) + ".";
    }

    private ImmutableList<Capture> Recover()
    {
        foreach (var unfinished in Directory.EnumerateFiles(_path, "*" + AtomicFile.Unfinished))
            File.Delete(unfinished);
        var index = PathOf(CaptureIndex.FileName);
        var known = (File.Exists(index) ? CaptureIndex.Read(File.ReadAllBytes(index)) : []).Where(capture => File.Exists(PathOf(capture.File))).ToList();
        var names = known.Select(capture => capture.File).ToHashSet(StringComparer.Ordinal);
        var unknown = Directory.EnumerateFiles(_path).Select(file => new FileInfo(file)).Where(file => !names.Contains(file.Name) && CaptureKinds.Of(file.Name) is not null)
            .Select(file => new Capture(file.Name, CaptureKinds.Of(file.Name)!.Value, new DateTimeOffset(file.LastWriteTimeUtc), file.Length));
        return [.. known.Concat(unknown).OrderBy(capture => capture.SavedAt)];
    }

    private void Prune()
    {
        while (_captures.Count > _limit.MaxFiles || _captures.Sum(capture => capture.Bytes) > _limit.MaxBytes)
        {
            File.Delete(PathOf(_captures[0].File));
            _captures = _captures.RemoveAt(0);
        }
    }

    private void WriteIndex() => AtomicFile.Write(PathOf(CaptureIndex.FileName), stream => CaptureIndex.Write(stream, _captures));
}
