namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>The program cannot start, for a reason the user can mend. The message is shown as it is, without a stack.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class StartupException(string message) : Exception(message);
