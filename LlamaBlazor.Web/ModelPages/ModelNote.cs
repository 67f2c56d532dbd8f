using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>A word beside a model's name: what it is, or what is wrong with its files.</summary>
/// <param name="Text">The word.</param>
/// <param name="Help">One sentence, with the next step.</param>
/// <param name="Class">Class of the chip.</param>
internal sealed record ModelNote(string Text, string Help, string Class = "")
{
    private const string Warning = "model-note-warn";

    /// <summary>All that apply.</summary>
    public static IEnumerable<ModelNote> Of(ModelListItem model)
    {
        if (model.FileMissing)
            yield return new("file missing", "The file was gone at the last scan. Put it back and scan, or delete the model.", Warning);
        if (model.SplitMissing is not null)
            yield return new(
                "parts missing",
                $"Of {model.SplitCount} parts these are missing: {model.SplitMissing.Trim('[', ']')}. Download them into the same folder.",
                Warning
            );
        if (model.Role == ModelRole.Projector)
            yield return new("projector", "Gives a model eyes or ears; used together with a model, not on its own.");
        if (model.Role == ModelRole.Adapter)
            yield return new("adapter", "A LoRA adapter or control vector; chosen on the LoRA tab of a model.");
        if (model.Role == ModelRole.Vocabulary)
            yield return new("vocabulary", "A tokenizer without weights; it cannot be run.");
        if (model.Role == ModelRole.Draft)
            yield return new("draft head", "Predicts tokens for one model; chosen on the Speculative tab of that model.");
        if (model.SplitCount > 1 && model.SplitMissing is null)
            yield return new($"{model.SplitCount} parts", "A split model: loaded through its first part.");
        if (model.ProjectorPath is not null)
            yield return new("multimodal", "A projector lies beside it and is used with it.");
        foreach (var tag in ModelRules.Tags(model.Tags).Take(3))
            yield return new(tag, "Tag");
    }
}
