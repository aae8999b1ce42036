using System.Text;

namespace Memtrace.Bench;

/// <summary>A titled table in Markdown.</summary>
internal sealed class MarkdownTable(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var text = new StringBuilder($"### {title}\n\n");
        AppendRow(columns);
        AppendRow([.. columns.Select((_, index) => index == 0 ? "---" : "---:")]);
        _rows.ForEach(AppendRow);
        return text.ToString();

        void AppendRow(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
