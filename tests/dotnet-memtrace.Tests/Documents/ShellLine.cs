using System.Text;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>A line of shell as the documents write it: words, quotes, comments, pipes and redirections.</summary>
internal static class ShellLine
{
    /// <summary>The commands in a line, a list of words each. Redirections are left out.</summary>
    public static IEnumerable<IReadOnlyList<string>> Commands(string line)
    {
        var command = new List<string>();
        var isTarget = false;
        foreach (var (text, isOperator) in Tokens(line))
        {
            if (!isOperator && !isTarget)
                command.Add(text);
            else if (isOperator && text is not (">" or "<"))
            {
                yield return command;
                command = [];
            }

            isTarget = isOperator && text is ">" or "<";
        }

        yield return command;
    }

    private static IEnumerable<(string Text, bool IsOperator)> Tokens(string line)
    {
        var word = new StringBuilder();
        var inWord = false;
        char? quote = null;
        foreach (var character in line)
        {
            if (quote is not null || character is '\'' or '"')
            {
                inWord = true;
                if (quote is null)
                    quote = character;
                else if (quote == character)
                    quote = null;
                else
                    word.Append(character);
                continue;
            }

            if (character == '#' && !inWord)
                yield break;
            if (character is not (' ' or '|' or '&' or ';' or '>' or '<'))
            {
                inWord = true;
                word.Append(character);
                continue;
            }

            if (inWord)
                yield return (word.ToString(), false);
            word.Clear();
            inWord = false;
            if (character != ' ')
                yield return ($"{character}", true);
        }

        if (inWord)
            yield return (word.ToString(), false);
    }
}
