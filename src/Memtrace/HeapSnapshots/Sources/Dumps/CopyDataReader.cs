using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Diagnostics.Runtime.DataReaders.Implementation;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Lets the runtime's library read a copy: threads and modules from the core, memory also where it is packed.</summary>
/// <param name="core">The core. It is disposed with this.</param>
/// <param name="memory">The memory.</param>
internal sealed class CopyDataReader(DataTarget core, CoreMemory memory) : IDataReader, IThreadReader, IDisposable
{
    private readonly IDataReader _core = core.DataReader;

    /// <inheritdoc/>
    public string DisplayName => _core.DisplayName;

    /// <inheritdoc/>
    public bool IsThreadSafe => false;

    /// <inheritdoc/>
    public OSPlatform TargetPlatform => _core.TargetPlatform;

    /// <inheritdoc/>
    public Architecture Architecture => _core.Architecture;

    /// <inheritdoc/>
    public int ProcessId => _core.ProcessId;

    /// <inheritdoc/>
    public int PointerSize => _core.PointerSize;

    /// <inheritdoc/>
    public IEnumerable<ModuleInfo> EnumerateModules() => _core.EnumerateModules();

    /// <inheritdoc/>
    public bool GetThreadContext(uint threadID, uint contextFlags, Span<byte> context) => _core.GetThreadContext(threadID, contextFlags, context);

    /// <inheritdoc/>
    public IEnumerable<uint> EnumerateOSThreadIds() => (_core as IThreadReader)?.EnumerateOSThreadIds() ?? [];

    /// <inheritdoc/>
    public ulong GetThreadTeb(uint osThreadId) => (_core as IThreadReader)?.GetThreadTeb(osThreadId) ?? 0;

    /// <inheritdoc/>
    public void FlushCachedData() => _core.FlushCachedData();

    /// <inheritdoc/>
    public int Read(ulong address, Span<byte> buffer) => memory.ReadPresent(address, buffer);

    /// <inheritdoc/>
    public unsafe bool Read<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        if (Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value))) == sizeof(T))
            return true;
        value = default;
        return false;
    }

    /// <inheritdoc/>
    public T Read<T>(ulong address)
        where T : unmanaged => Read(address, out T value) ? value : default;

    /// <inheritdoc/>
    public bool ReadPointer(ulong address, out ulong value) => Read(address, out value);

    /// <inheritdoc/>
    public ulong ReadPointer(ulong address) => Read<ulong>(address);

    /// <inheritdoc/>
    public void Dispose() => core.Dispose();
}
