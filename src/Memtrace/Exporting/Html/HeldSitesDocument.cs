using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Where objects were allocated: the call sites of numbered things on a page, such as its branches or its types.</summary>
/// <param name="recording">The recording that says so; null without one.</param>
internal sealed class HeldSitesDocument(JoinedRecording? recording)
{
    /// <summary>Call sites of a thing at most. A page has thousands of things.</summary>
    private const int Most = 3;

    private readonly List<(int Owner, HeldSite Site)> _sites = [];

    /// <summary>Adds the call sites of a thing.</summary>
    /// <param name="owner">The number of the thing.</param>
    /// <param name="sites">The call sites; null if nothing is known of them.</param>
    public void Add(int owner, ImmutableArray<HeldSite>? sites) => _sites.AddRange((sites ?? []).Take(Most).Select(site => (owner, site)));

    /// <summary>Writes them, column by column.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="key">The name of the member.</param>
    /// <param name="names">Where the names are written.</param>
    public void Write(Utf8JsonWriter json, string key, NameIndex names)
    {
        if (recording is null)
            return;
        json.WriteStartObject(key);
        json.WriteNumbers("owner", _sites.Select(item => item.Owner));
        TableDocument.WriteColumns(json, HeapTables.Sites(_sites.Select(item => item.Site), recording.Sampling), names);
        json.WriteEndObject();
    }
}
