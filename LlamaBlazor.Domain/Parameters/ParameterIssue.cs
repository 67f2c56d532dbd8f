namespace LlamaBlazor.Domain.Parameters;

/// <summary>Something about a value that its owner should know.</summary>
/// <param name="Column">The parameter.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
/// <param name="IsError">True where the value may not be saved; false for a warning.</param>
public sealed record ParameterIssue(string Column, string Message, bool IsError);
