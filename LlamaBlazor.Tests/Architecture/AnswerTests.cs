using System.Reflection;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>What the API answers are records of its own: no type of the domain and no row of a table is seen from outside.</summary>
public sealed class AnswerTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public void Answers_AreTypesOfTheApi() =>
        Source.AssertNone(
            from answer in Answers()
            from type in Reachable(answer.Type)
            where IsInner(type)
            select $"{answer.From.Name} answers {answer.Type.Name}, in which {type.FullName} is seen"
        );

    // A handler may return its answer as it is.
    [Fact]
    public void Handlers_ReturnTypesOfTheApi()
    {
        var handlers = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>())
            .OfType<MethodInfo>()
            .Where(method => method.DeclaringType!.Assembly == typeof(Web.Program).Assembly)
            .ToList();
        Assert.True(handlers.Count > 100);
        Source.AssertNone(
            from handler in handlers
            from type in Reachable(handler.ReturnType)
            where IsInner(type)
            select $"{handler.DeclaringType!.FullName} returns {handler.ReturnType}, in which {type.FullName} is seen"
        );
    }

    [Fact]
    public void Answers_AreFound() => Assert.True(Answers().Count() > 50);

    private static IEnumerable<(Type From, Type Type)> Answers() =>
        (
            from call in new CompiledCode(typeof(Web.Program).Assembly).GenericCalls()
            where IsAnswer(call.Called)
            from type in call.Called.GetGenericArguments()
            where !type.IsGenericParameter
            select (call.From, type)
        ).Distinct();

    // ToApi with a function for the answer answers what that function makes, which is found by itself.
    private static bool IsAnswer(MethodInfo called) =>
        called.DeclaringType == typeof(Results)
        || called.DeclaringType == typeof(TypedResults)
        || (called.DeclaringType == typeof(ApiResults) && called.GetParameters().Length == 1);

    // Words of the field, such as the states of a job, are no shapes: an enum may be said as it is.
    private static bool IsInner(Type type) =>
        !type.IsEnum
        && (
            type.FullName?.StartsWith("LlamaBlazor.Domain.", StringComparison.Ordinal) == true
            || type.Name.EndsWith("Row", StringComparison.Ordinal)
        );

    // A type and those of its properties that are serialised, through lists and dictionaries.
    private static HashSet<Type> Reachable(Type type)
    {
        var seen = new HashSet<Type>();
        var open = new Stack<Type>([type]);
        while (open.TryPop(out var one))
        {
            if (one.HasElementType)
                open.Push(one.GetElementType()!);
            foreach (var argument in one.GetGenericArguments().Where(argument => !argument.IsGenericParameter))
                open.Push(argument);
            if (one.Assembly.FullName!.StartsWith("System", StringComparison.Ordinal) || !seen.Add(one) || IsInner(one))
                continue;
            foreach (var property in one.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                open.Push(property.PropertyType);
        }

        return seen;
    }
}
