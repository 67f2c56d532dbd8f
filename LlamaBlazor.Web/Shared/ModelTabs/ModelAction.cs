namespace LlamaBlazor.Web.Shared.ModelTabs;

/// <summary>
/// A control in the head of a model's page and in its line of the list, such as Start. Registered like a <see cref="ModelTab"/>, so that
/// these pages need
/// not know the feature.
/// </summary>
/// <param name="Order">Place from the left.</param>
/// <param name="Component">Component with the parameters <c>ModelId</c> (long), <c>Name</c> (string) and <c>Compact</c> (bool: an icon
/// without words).</param>
public sealed record ModelAction(int Order, Type Component)
{
    /// <summary>The parameters of <see cref="Component"/>.</summary>
    public static Dictionary<string, object> Parameters(long modelId, string name, bool compact) =>
        new()
        {
            ["ModelId"] = modelId,
            ["Name"] = name,
            ["Compact"] = compact,
        };
}
