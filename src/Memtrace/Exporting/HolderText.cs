using Memtrace.Events.Names;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>What holds the objects of a call site, in plain words.</summary>
internal static class HolderText
{
    /// <summary>If the path that holds most holds less than this, the share is mentioned.</summary>
    private const double AlmostAll = 0.95;

    /// <summary>Such as <c>static Shop.Cache.Orders -> List&lt;Order&gt;</c>, with the share of the objects if it is not almost all of them.</summary>
    /// <param name="holder">What holds them.</param>
    public static string Of(SiteHolder holder)
    {
        var path = ReadableNames.Path(holder.Path);
        return holder.Share < AlmostAll ? $"{path} ({Percent.Format(holder.Share)} of it)" : path;
    }
}
