using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Tells all who show models, parameters and preferences what an import has changed.</summary>
internal sealed class ImportNews(ParameterStore parameters, ModelStore models, Broadcast<PreferencesChanged> preferences)
{
    /// <summary>Tells it.</summary>
    /// <param name="changed">Parameters that were changed.</param>
    public void Tell(IEnumerable<ConfigChanged> changed)
    {
        foreach (var change in changed)
            parameters.Changes.Publish(change);
        models.Changes.Publish(new ModelChanged(0, ModelChanged.Library));
        preferences.Publish(new PreferencesChanged());
    }
}
