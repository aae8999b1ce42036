using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>
/// Objects and bytes by type at one moment, as one string: it is on the heap that is compared, where a table of thousands of objects would itself be growth.
/// </summary>
/// <param name="Text">A line for each type: its name, objects and bytes.</param>
internal readonly record struct TypeCounts(string Text)
{
    /// <summary>A leak of one object an iteration shows as a little less where other objects of the type go away meanwhile.</summary>
    private const double LeastObjects = 0.5;

    private const char Separator = '\t';

    /// <summary>The objects of some types.</summary>
    public static TypeCounts Of(IEnumerable<HeapTypeSummary> types) => new(string.Join('\n', types.Select(
        type => string.Create(CultureInfo.InvariantCulture, $"{type.Type}{Separator}{type.Objects}{Separator}{type.Bytes}"))));

    /// <summary>The types that grow in both halves, by an object with every other iteration or more; those of the program before those of .NET.</summary>
    public static ImmutableArray<TypeGrowth> Growth(TypeCounts before, TypeCounts middle, TypeCounts after, int iterations)
    {
        var (half, rest) = (iterations / 2, iterations - (iterations / 2));
        var (first, second, third) = (before.Amounts(), middle.Amounts(), after.Amounts());
        return
        [
            .. from type in third.Keys
               let amounts = (Before: first.GetValueOrDefault(type), Middle: second.GetValueOrDefault(type), After: third[type])
               where amounts.Middle.Objects - amounts.Before.Objects >= LeastObjects * half && amounts.After.Objects - amounts.Middle.Objects >= LeastObjects * rest
               let growth = new TypeGrowth(
                   type, (amounts.After.Objects - amounts.Before.Objects) / (double)iterations, (amounts.After.Bytes - amounts.Before.Bytes) / (double)iterations)
               orderby IsFramework(type), growth.Bytes descending
               select growth,
        ];
    }

    private Dictionary<string, Amount> Amounts()
    {
        var amounts = new Dictionary<string, Amount>();
        foreach (var line in Text.Split('\n'))
        {
            var fields = line.Split(Separator);
            var amount = amounts.GetValueOrDefault(fields[0]);
            amounts[fields[0]] = new Amount(amount.Objects + Number(fields[1]), amount.Bytes + Number(fields[2]));
        }

        return amounts;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static bool IsFramework(string type) => type.StartsWith("System.", StringComparison.Ordinal) || type.StartsWith("Microsoft.", StringComparison.Ordinal);

    private readonly record struct Amount(long Objects, long Bytes);
}
