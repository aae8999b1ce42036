using System.Globalization;

namespace Targets;

/// <summary>The command line of a target: flags (<c>--now</c>) and options (<c>--seconds 30</c>).</summary>
internal sealed class Arguments(string[] args)
{
    public bool Has(string flag) => args.Contains(flag);

    public string? Text(string option)
    {
        var index = Array.IndexOf(args, option);
        if (index < 0)
            return null;

        return index + 1 < args.Length ? args[index + 1] : throw new FormatException($"{option} needs a value.");
    }

    public double? Number(string option) =>
        Text(option) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
