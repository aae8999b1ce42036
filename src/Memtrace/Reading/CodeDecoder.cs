using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>
/// Methods, their maps and modules: as they come from the runtime's provider, as they are there from the rundown's.
/// Layouts: ClrEtwAll.man of dotnet/runtime.
/// </summary>
internal sealed class CodeDecoder(RecordingVisitor visitor)
{
    private int[] _offsets = [];

    /// <summary>Registers the events.</summary>
    public void Register(EventRegistry registry)
    {
        var runtime = registry.Provider(ClrTraceEventParser.ProviderGuid, ClrTraceEventParser.ProviderName);
        runtime.On(143, data => visitor.Loaded(Method(data)));
        runtime.On(144, data => visitor.Unloaded(Method(data)));
        runtime.On(152, Module);
        runtime.On(159, Precompiled);
        runtime.On(190, Map);

        var rundown = registry.Provider(ClrRundownTraceEventParser.ProviderGuid, ClrRundownTraceEventParser.ProviderName);
        rundown.On(143, data => visitor.Loaded(Method(data)));
        rundown.On(144, data => visitor.Loaded(Method(data)));
        rundown.On(149, Map);
        rundown.On(150, Map);
        rundown.On(153, Module);
        rundown.On(154, Module);
    }

    private static MethodCode Method(RawEvent data)
    {
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        var moduleId = payload.ReadUInt64();
        var start = payload.ReadUInt64();
        var size = payload.ReadUInt32();
        var token = payload.ReadInt32();
        payload.ReadInt32();
        return new MethodCode
        {
            ThreadId = data.ThreadID,
            MethodId = methodId,
            ModuleId = moduleId,
            Start = start,
            Size = size,
            Token = token,
            DeclaringType = payload.ReadString(),
            Name = payload.ReadString(),
            Signature = payload.ReadString(),
        };
    }

    private void Map(RawEvent data)
    {
        const int HotExtent = 0;
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        payload.ReadUInt64();
        if (payload.ReadByte() != HotExtent)
            return;
        int count = payload.ReadUInt16();
        var bytes = payload.ReadBytes(2 * count * sizeof(int));
        if (payload.Overrun)
            return;

        // The payload is not aligned, so the offsets are copied.
        if (_offsets.Length < 2 * count)
            _offsets = new int[4 * count];
        bytes.CopyTo(MemoryMarshal.AsBytes(_offsets.AsSpan()));
        visitor.Visit(new MethodMap
        {
            ThreadId = data.ThreadID,
            MethodId = methodId,
            ILOffsets = _offsets.AsSpan(0, count),
            NativeOffsets = _offsets.AsSpan(count, count),
        });
    }

    private void Precompiled(RawEvent data)
    {
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        var declaringType = payload.ReadString();
        var name = payload.ReadString();
        var signature = payload.ReadString();
        visitor.Visit(new PrecompiledEntry
        {
            MethodId = methodId,
            DeclaringType = declaringType,
            Name = name,
            Signature = signature,
            EntryPoint = payload.ReadUInt64(),
        });
    }

    private void Module(RawEvent data)
    {
        var payload = data.Payload;
        var moduleId = payload.ReadUInt64();
        payload.ReadUInt64();
        payload.ReadInt64();
        var path = payload.ReadString().ToString();
        payload.ReadString();
        payload.ReadUInt16();
        visitor.Visit(new ModuleCode(moduleId, path, payload.ReadGuid()));
    }
}
