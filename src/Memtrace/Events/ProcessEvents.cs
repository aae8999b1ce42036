using Memtrace.Events.Names;

namespace Memtrace.Events;

/// <summary>RuntimeInformation of the runtime's and the rundown's provider: version and start-up settings. Layout: ClrEtwAll.man of dotnet/runtime.</summary>
internal readonly record struct RuntimeFacts(Version Version, bool ServerGc, bool ConcurrentGc)
{
    public const int Id = 187;

    /// <summary>
    /// The instance, the SKU, four numbers of the library version, four of the runtime version, start-up flags. The library version is the product version;
    /// the flags are those of mscoree.h.
    /// </summary>
    public static bool TryRead(in RecordedEvent data, out RuntimeFacts facts)
    {
        const int ConcurrentFlag = 0x1, ServerFlag = 0x1000;
        var payload = data.Payload;
        payload.ReadUInt16();
        payload.ReadUInt16();
        var version = new Version(payload.ReadUInt16(), payload.ReadUInt16(), payload.ReadUInt16());
        payload.ReadBytes(5 * sizeof(ushort));
        var flags = payload.ReadInt32();
        facts = new RuntimeFacts(version, (flags & ServerFlag) != 0, (flags & ConcurrentFlag) != 0);
        return !payload.Overrun;
    }
}

/// <summary>ProcessInfo of the EventPipe provider.</summary>
internal readonly record struct ProcessFacts(string CommandLine, string OperatingSystem, string Architecture)
{
    public const int Id = 1;

    /// <summary>The file name of the program; for <c>dotnet app.dll</c> that of the assembly. Null without a command line.</summary>
    public string? Name
    {
        get
        {
            var words = CommandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var names = words.Select(word => RecordedPath.FileName(word.Trim('"'))).ToList();
            var name = names is ["dotnet" or "dotnet.exe", var assembly, ..] ? assembly : names.FirstOrDefault();
            return name is not null && Path.GetExtension(name) is ".dll" or ".exe" ? Path.GetFileNameWithoutExtension(name) : name;
        }
    }

    public static ProcessFacts Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new ProcessFacts(payload.ReadString().ToString(), payload.ReadString().ToString(), payload.ReadString().ToString());
    }
}
