namespace LlamaBlazor.Web.Settings;

/// <summary>Settings were saved or reset in the dashboard: their values hold already.</summary>
/// <param name="Keys">Their keys.</param>
internal sealed record SettingsChanged(IReadOnlyCollection<string> Keys);
