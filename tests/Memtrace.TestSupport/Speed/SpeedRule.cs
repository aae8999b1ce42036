using System.Reflection;
using Xunit.v3;

namespace Memtrace.TestSupport.Speed;

/// <summary>
/// The rule that each test class is either slow or one of the <see cref="FastTests"/>. Outside of a group the mark alone decides; in a group, the class or the
/// group has to be marked.
/// </summary>
internal static class SpeedRule
{
    /// <summary>The test classes of an assembly that are neither.</summary>
    /// <param name="tests">The assembly.</param>
    public static IReadOnlyList<Type> Undecided(Assembly tests)
    {
        var slowGroups = tests.GetTypes().Where(IsSlow).SelectMany(NamesOfGroups).ToHashSet();
        return [.. tests.GetTypes().Where(type => !IsSlow(type) && type.GetCustomAttributes().OfType<ICollectionAttribute>().Any(group => !slowGroups.Contains(group.Name)))];
    }

    private static bool IsSlow(Type type) => type.IsDefined(typeof(SlowAttribute));

    private static IEnumerable<string> NamesOfGroups(Type type) =>
        type.GetCustomAttributes<CollectionDefinitionAttribute>().Select(definition => definition.Name ?? CollectionAttribute.GetCollectionNameForType(type));
}
