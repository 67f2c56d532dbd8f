namespace LlamaBlazor.Web.Settings;

/// <summary>Rows of the table <c>config</c> were written by somebody who does not know what they are for: who holds such a value in memory
/// reads it again.</summary>
internal sealed record PreferencesChanged;
