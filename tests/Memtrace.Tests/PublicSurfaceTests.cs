using System.Reflection;
using System.Runtime.CompilerServices;
using Memtrace.Profiles;

namespace Memtrace.Tests;

/// <summary>What other programs see of the library.</summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_public_member_has_a_tuple()
    {
        var members =
            from type in typeof(MemoryProfile).Assembly.GetExportedTypes()
            from member in type.GetMembers(Public)
            where TypesOf(member).Any(HasTuple)
            select $"{type.FullName}.{member.Name}";

        Assert.Empty(members.Distinct());
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        EventInfo { EventHandlerType: { } handler } => [handler],
        _ => [],
    };

    private static bool HasTuple(Type type) =>
        (type.IsAssignableTo(typeof(ITuple)) && type.IsValueType && type.IsGenericType)
        || (type.HasElementType && HasTuple(type.GetElementType()!))
        || type.GetGenericArguments().Any(HasTuple);
}
