using System.Text;

namespace Memtrace.TestSupport.Exports;

/// <summary>Reads comma-separated values as RFC 4180 defines them; knows nothing of what wrote them.</summary>
internal static class CsvReader
{
    /// <summary>The rows as values by column name.</summary>
    public static List<Dictionary<string, string>> Read(string text)
    {
        var records = Records(text).ToList();
        return [.. records.Skip(1).Select(record => records[0].Zip(record).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))];
    }

    /// <summary>The records, the header first, all of the same length.</summary>
    public static IEnumerable<List<string>> Records(string text)
    {
        var (record, width) = (new List<string>(), 0);
        for (var i = 0; i < text.Length;)
        {
            record.Add(Field(text, ref i));
            if (text[i++] == ',')
                continue;
            width = width == 0 ? record.Count : width;
            Assert.Equal(width, record.Count);
            yield return record;
            record = [];
        }
    }

    private static string Field(string text, ref int i)
    {
        if (text[i] != '"')
        {
            var start = i;
            while (text[i] is not (',' or '\n'))
                Assert.NotEqual('"', text[i++]);
            return text[start..i];
        }

        var field = new StringBuilder();
        for (i++; text[i] != '"' || text[i + 1] == '"'; i++)
        {
            if (text[i] == '"')
                i++;
            field.Append(text[i]);
        }

        i++;
        return field.ToString();
    }
}
