using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Keeps the unsaved edits of one browser window while other tabs are open. The oldest of more than <see cref="Bound"/> forms are forgotten.</summary>
internal sealed class DraftShelf(ParameterCatalogue catalogue)
{
    /// <summary>Forms whose edits are kept.</summary>
    public const int Bound = 64;

    private readonly LinkedList<(long? ModelId, string Tab, ParameterDraft Draft)> _drafts = [];

    /// <summary>The draft of a form; a fresh one when there is none.</summary>
    public ParameterDraft Open(long? modelId, string tab)
    {
        for (var node = _drafts.First; node is not null; node = node.Next)
        {
            if (node.Value.ModelId == modelId && node.Value.Tab == tab)
                return node.Value.Draft;
        }

        var draft = new ParameterDraft(catalogue, [.. ParameterTabs.Groups(tab).SelectMany(group => group.Definitions)]);
        _drafts.AddLast((modelId, tab, draft));
        if (_drafts.Count > Bound)
            _drafts.RemoveFirst();
        return draft;
    }
}
