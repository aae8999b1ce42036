using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Units;
using Microsoft.Win32.SafeHandles;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// Where a copy of memory goes: a file that exists in memory only, or one without a name on a disk. It is mapped and its pages are made present before the process
/// is stopped, so that copying finds them there.
/// </summary>
internal sealed unsafe class CopyFile : IDisposable
{
    /// <summary>Addresses cost nothing: the process may have grown until it is stopped.</summary>
    private static readonly nuint AddressSpace = unchecked((nuint)(1L << 44));

    private const nint PageSize = 4096;

    private readonly SafeFileHandle _file;
    private readonly string? _folder;
    private nint _begin;

    private CopyFile(SafeFileHandle file, string? folder)
    {
        (_file, _folder) = (file, folder);
        _begin = NativeMethods.Map(0, AddressSpace, NativeMethods.ReadWrite, NativeMethods.Shared, (int)file.DangerousGetHandle(), 0);
        if (_begin == -1)
            throw new HeapSnapshotException($"There is no room for a copy: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
    }

    /// <summary>A path by which this process can open it.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_file.DangerousGetHandle()}");

    /// <summary>Creates one.</summary>
    /// <param name="folder">The folder on a disk; null for memory.</param>
    /// <exception cref="HeapSnapshotException">It cannot be created.</exception>
    public static CopyFile Create(string? folder)
    {
        if (folder is not null)
            return new CopyFile(CreateOnDisk(folder), folder);
        var descriptor = NativeMethods.CreateMemoryFile("heap copy", flags: 1);
        return descriptor >= 0
            ? new CopyFile(new SafeFileHandle(descriptor, ownsHandle: true), null)
            : throw new HeapSnapshotException($"There is no room for a copy: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
    }

    /// <summary>Makes pages present.</summary>
    /// <param name="size">How many bytes.</param>
    /// <exception cref="HeapSnapshotException">There is no room on the disk.</exception>
    /// <exception cref="IOException">There is no room.</exception>
    public void Prepare(long size)
    {
        Resize(size);
        var half = size / 2 / PageSize * PageSize;
        Parallel.Invoke(() => Populate(_begin, half), () => Populate(_begin + (nint)half, size - half));
    }

    /// <summary>Sets its size.</summary>
    /// <param name="size">The size, in bytes.</param>
    /// <exception cref="HeapSnapshotException">There is no room on the disk.</exception>
    /// <exception cref="IOException">There is no room.</exception>
    public void Resize(long size)
    {
        RandomAccess.SetLength(_file, size);

        // Writing to a mapped page for which the disk has no room ends the process.
        if (_folder is not null && NativeMethods.Allocate((int)_file.DangerousGetHandle(), 0, (nint)size) is not 0 and var error)
            throw new HeapSnapshotException($"The copy cannot be kept in {_folder}: {new Win32Exception(error).Message}. It takes {ByteSize.Format(size)}.");
    }

    /// <summary>Where an offset is in the memory of this process.</summary>
    /// <param name="offset">The offset, below the size.</param>
    public nint AddressOf(long offset) => _begin + (nint)offset;

    /// <summary>Writes something.</summary>
    /// <param name="bytes">What.</param>
    /// <param name="offset">Where, below the size.</param>
    public void Write(ReadOnlySpan<byte> bytes, long offset) => bytes.CopyTo(new Span<byte>((void*)AddressOf(offset), bytes.Length));

    /// <summary>Ends the writing. The content stays.</summary>
    public void Seal()
    {
        if (_begin != 0)
            NativeMethods.Unmap(_begin, AddressSpace);
        _begin = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Seal();
        _file.Dispose();
    }

    // Without a name, it goes away with this process however that ends.
    private static SafeFileHandle CreateOnDisk(string folder)
    {
        var path = System.IO.Path.Combine(folder, $"dotnet-memtrace-{Environment.ProcessId}.copy");
        try
        {
            var options = PrivateFile.Options(FileMode.CreateNew);
            options.Share = FileShare.ReadWrite | FileShare.Delete;
            var file = new FileStream(path, options);
            File.Delete(path);
            return file.SafeFileHandle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HeapSnapshotException($"The copy cannot be kept in {folder}: {FileFailure.ReasonToWrite(e)}.");
        }
    }

    // Kernels before 5.14 lack the advice: then each page is written to.
    private static void Populate(nint begin, long size)
    {
        if (size <= 0 || NativeMethods.Advise(begin, (nuint)size, NativeMethods.PopulateForWriting) == 0)
            return;
        for (var page = begin; page < begin + (nint)size; page += PageSize)
            *(byte*)page = 0;
    }
}
