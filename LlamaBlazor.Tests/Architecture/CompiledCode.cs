using System.Reflection;
using System.Reflection.Emit;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>
/// Which types the compiled code of an assembly names: in bases, signatures, locals, attributes and every instruction. Pages are read as
/// what the compiler made of them. Constants, which the compiler copies, leave no trace here.
/// </summary>
internal sealed class CompiledCode(Assembly assembly)
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Each pair of a type and one it names, both without the types inside of them; not a type with itself.</summary>
    public IEnumerable<(Type From, Type To)> References() =>
        assembly
            .GetTypes()
            .SelectMany(type => Named(type).Select(named => (From: Outermost(type), To: Outermost(named))))
            .Where(pair => pair.From != pair.To && pair.To.Assembly == assembly)
            .Distinct();

    /// <summary>Each call of a generic method: the type that calls, and the method with its type arguments.</summary>
    public IEnumerable<(Type From, MethodInfo Called)> GenericCalls() =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
        let body = method.GetMethodBody()
        where body is not null
        from token in Tokens(body.GetILAsByteArray()!)
        let called = Resolve(method, token) as MethodInfo
        where called is { IsGenericMethod: true }
        select (Outermost(type), called);

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static HashSet<Type> Named(Type type)
    {
        var named = new HashSet<Type>();
        Add(named, type.BaseType);
        AddAll(named, type.GetInterfaces());
        AddAll(
            named,
            type.IsGenericTypeDefinition ? type.GetGenericArguments().SelectMany(one => one.GetGenericParameterConstraints()) : []
        );
        AddAttributes(named, type);
        foreach (var field in type.GetFields(Declared))
        {
            Add(named, field.FieldType);
            AddAttributes(named, field);
        }

        foreach (var property in type.GetProperties(Declared))
            AddAttributes(named, property);
        foreach (var method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
            AddMethod(named, method);
        return named;
    }

    private static void AddMethod(HashSet<Type> named, MethodBase method)
    {
        AddAttributes(named, method);
        Add(named, (method as MethodInfo)?.ReturnType);
        AddAll(named, method.GetParameters().Select(parameter => parameter.ParameterType));
        if (method.IsGenericMethodDefinition)
            AddAll(named, method.GetGenericArguments().SelectMany(one => one.GetGenericParameterConstraints()));
        if (method.GetMethodBody() is not { } body)
            return;
        AddAll(named, body.LocalVariables.Select(local => local.LocalType));
        AddAll(
            named,
            body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                .Select(clause => clause.CatchType)
        );
        foreach (var token in Tokens(body.GetILAsByteArray()!))
            AddMember(named, Resolve(method, token));
    }

    private static void AddMember(HashSet<Type> named, MemberInfo member)
    {
        Add(named, member as Type ?? member.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } generic)
            AddAll(named, generic.GetGenericArguments());
    }

    private static MemberInfo Resolve(MethodBase method, int token) =>
        method.Module.ResolveMember(
            token,
            method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null,
            method.IsGenericMethod ? method.GetGenericArguments() : null
        )!;

    // The operands of a method's instructions that stand for a type, a method or a field (ECMA-335 III.1.9).
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length; )
        {
            short value = code[at++];
            if (value == OpCodes.Prefix1.Value)
                value = unchecked((short)(0xFE00 | code[at++]));
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static void AddAttributes(HashSet<Type> named, MemberInfo member)
    {
        foreach (var attribute in member.GetCustomAttributesData())
        {
            Add(named, attribute.AttributeType);
            AddAll(named, attribute.ConstructorArguments.Select(argument => argument.Value as Type));
            AddAll(named, attribute.NamedArguments.Select(argument => argument.TypedValue.Value as Type));
        }
    }

    private static void AddAll(HashSet<Type> named, IEnumerable<Type?> types)
    {
        foreach (var type in types)
            Add(named, type);
    }

    private static void Add(HashSet<Type> named, Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
            Add(named, type.GetElementType());
        else if (type.IsConstructedGenericType)
            AddAll(named, type.GetGenericArguments().Prepend(type.GetGenericTypeDefinition()));
        else
            named.Add(type);
    }
}
