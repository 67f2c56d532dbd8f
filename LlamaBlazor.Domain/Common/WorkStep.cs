namespace LlamaBlazor.Domain.Common;

/// <summary>Where a long piece of work stands.</summary>
/// <param name="Name">What is being done, for people.</param>
/// <param name="Fraction">How much of this step is done, 0 to 1; null where nobody can tell.</param>
public readonly record struct WorkStep(string Name, double? Fraction = null);
