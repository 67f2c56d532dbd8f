using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Keeps the unsaved edits of one browser window while other tabs are open. The oldest of more than <see cref="Bound"/> forms are
/// forgotten.</summary>
internal sealed class DraftShelf(ParameterCatalogue catalogue)
{
    /// <summary>Forms whose edits are kept.</summary>
    public const int Bound = 64;

    private readonly LinkedList<(long? ModelId, string Tab, ParameterDraft Draft)> _drafts = [];

    private int _count;

    /// <summary>Told when the number of unsaved edits changes.</summary>
    public event Action? Changed;

    /// <summary>Whether any form of the window has edits that are not saved.</summary>
    public bool HasChanges => _drafts.Any(entry => entry.Draft.ChangeCount > 0);

    /// <summary>Number of unsaved edits on a tab of a model's page, or of the server settings.</summary>
    /// <param name="modelId">The model, or null for the server settings.</param>
    /// <param name="key">Key of the tab.</param>
    public int Count(long? modelId, string key) =>
        _drafts.FirstOrDefault(entry => entry.ModelId == modelId && ParameterTabs.KeyOf(entry.Tab) == key).Draft?.ChangeCount ?? 0;

    /// <summary>The draft of a form; a fresh one when there is none.</summary>
    public ParameterDraft Open(long? modelId, string tab)
    {
        for (var node = _drafts.First; node is not null; node = node.Next)
        {
            if (node.Value.ModelId == modelId && node.Value.Tab == tab)
                return node.Value.Draft;
        }

        var draft = new ParameterDraft(catalogue, [.. ParameterTabs.Groups(tab).SelectMany(group => group.Definitions)]);
        draft.Changed += Tell;
        _drafts.AddLast((modelId, tab, draft));
        if (_drafts.Count > Bound)
            _drafts.RemoveFirst();
        return draft;
    }

    private void Tell()
    {
        if (_drafts.Sum(entry => entry.Draft.ChangeCount) is var count && count == _count)
            return;
        _count = count;
        Changed?.Invoke();
    }
}
