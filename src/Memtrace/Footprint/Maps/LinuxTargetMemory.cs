using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Reads /proc/PID/mem, pagemap and task/*/syscall. What this user is not allowed to read, or what is gone, is unknown.
/// </summary>
internal sealed class LinuxTargetMemory : ITargetMemory, IDisposable
{
    // Linux, Documentation/admin-guide/mm/pagemap.rst: one word per page, whose highest bit means resident.
    private const ulong IsPresent = 1UL << 63;

    /// <summary>The last fields of /proc/PID/task/TID/syscall are the stack pointer and the program counter.</summary>
    private const int StackPointerFromEnd = 2;

    private readonly SafeFileHandle? _memory;
    private readonly SafeFileHandle? _pages;

    private readonly ReadTimer _reading;

    /// <param name="processFolder">The process's folder below /proc.</param>
    /// <param name="reading">Measures the time spent reading.</param>
    public LinuxTargetMemory(string processFolder, ReadTimer reading)
    {
        _reading = reading;
        _memory = Open($"{processFolder}/mem");
        _pages = Open($"{processFolder}/pagemap");
        (StackPointers, ThreadCount, HasAllPointers) = ReadStackPointers($"{processFolder}/task");
        MemoryDevices = ReadMemoryDevices($"{processFolder}/mountinfo");
    }

    /// <summary>How many threads there are.</summary>
    public int ThreadCount { get; }

    /// <summary>Whether the stack pointers of all threads could be read.</summary>
    public bool HasAllPointers { get; }

    /// <summary>Whether the memory itself can be read.</summary>
    public bool CanRead => _memory is not null && _pages is not null;

    public IReadOnlyList<ulong> StackPointers { get; }

    public IReadOnlySet<string> MemoryDevices { get; }

    public bool TryRead(ulong address, Span<byte> buffer) => TimedRead(_memory, address, buffer);

    public bool TryReadResidency(ulong address, Span<bool> pages)
    {
        var words = new ulong[pages.Length];
        if (!TimedRead(_pages, address / (ulong)Environment.SystemPageSize * sizeof(ulong), MemoryMarshal.AsBytes(words.AsSpan())))
            return false;
        for (var i = 0; i < words.Length; i++)
            pages[i] = (words[i] & IsPresent) != 0;
        return true;
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _pages?.Dispose();
    }

    private bool TimedRead(SafeFileHandle? file, ulong offset, Span<byte> buffer)
    {
        _reading.Start();
        var isRead = TryRead(file, offset, buffer);
        _reading.Stop();
        return isRead;
    }

    private static bool TryRead(SafeFileHandle? file, ulong offset, Span<byte> buffer)
    {
        if (file is null || offset > long.MaxValue)
            return false;
        try
        {
            return RandomAccess.Read(file, buffer, (long)offset) == buffer.Length;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return false;
        }
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return null;
        }
    }

    private static (IReadOnlyList<ulong> Pointers, int Threads, bool Complete) ReadStackPointers(string folder)
    {
        var pointers = new List<ulong>();
        var (threads, complete) = (0, true);
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(folder))
            {
                threads++;
                if (ReadText($"{thread}/syscall") is not { } text)
                    complete &= !Directory.Exists(thread);
                else if (ParseStackPointer(text) is { } pointer)
                    pointers.Add(pointer);
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            complete = false;
        }

        return (pointers, threads, complete);
    }

    /// <summary>Null for a running thread.</summary>
    internal static ulong? ParseStackPointer(string text)
    {
        var fields = text.Trim().Split(' ');
        return fields.Length > StackPointerFromEnd && fields[^StackPointerFromEnd] is ['0', 'x', .. var digits]
            && ulong.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var pointer) ? pointer : null;
    }

    private static HashSet<string> ReadMemoryDevices(string file) =>
        [.. (ReadText(file) ?? "").Split('\n').Select(MountPoint.Parse).Where(mount => mount is { IsInMemory: true }).Select(mount => mount!.Device)];

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return null;
        }
    }

    private static bool IsExpected(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
