using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Models;

/// <summary>What another name of a model must satisfy.</summary>
internal static class AliasRules
{
    private const int NameLimit = 200;

    /// <summary>What is wrong with an alias as such, by <c>name</c> and <c>parameters</c>, or null. Whether the name is free is another
    /// question.</summary>
    public static Failure? Check(string? name, string? parametersJson)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLimit || name.Any(char.IsControl))
            errors["name"] = [$"1 to {NameLimit} characters, such as qwen-creative."];
        if (!string.IsNullOrWhiteSpace(parametersJson) && AliasParameters.Check(parametersJson) is { } wrong)
            errors["parameters"] = [wrong];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}
