namespace LlamaBlazor.Web.Security.Keys;

/// <summary>A card beside the list of keys, registered by the room that has something to say there.</summary>
/// <param name="Component">Component without parameters.</param>
internal sealed record KeysPageCard(Type Component);
