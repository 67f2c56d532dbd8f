namespace LlamaBlazor.Web.Shared.ModelTabs;

/// <summary>
/// A tab of the page of one model. Each feature registers its own in the container (<c>services.AddSingleton(new ModelTab(…))</c>), so that
/// the page
/// needs to know none of them.
/// </summary>
/// <param name="Key">Word in the address: <c>/models/{id}/{key}</c>.</param>
/// <param name="Title">Name of the tab.</param>
/// <param name="Order">Place from the left: forms 10 to 90, fit and file 100 to 190, command 200, logs and statistics from 300.</param>
/// <param name="Component">Component with one parameter, <c>ModelId</c> (long). Rendered only while its tab is open.</param>
public sealed record ModelTab(string Key, string Title, int Order, Type Component);
