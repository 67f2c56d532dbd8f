using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class ParameterDraftTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;
    private static readonly ParameterDefinition Temperature = Catalogue.FindColumn("temperature")!;
    private static readonly ParameterDefinition TopK = Catalogue.FindColumn("top_k")!;

    [Fact]
    public void TypedText_IsKept_WhereItIsWrong()
    {
        var draft = Draft();
        draft.Type(TopK, "forty");
        Assert.Equal("forty", draft.Text(TopK));
        Assert.NotNull(draft.Error(TopK));
        Assert.Equal((1, 1), (draft.ChangeCount, draft.ErrorCount));
    }

    [Fact]
    public void TypingWhatIsStored_IsNoChange()
    {
        var draft = Draft(("temperature", 0.5));
        draft.Type(Temperature, "0.7");
        draft.Type(Temperature, "0.50");
        Assert.Equal(0, draft.ChangeCount);
    }

    [Fact]
    public void Blank_ClearsTheValue()
    {
        var draft = Draft(("temperature", 0.5));
        draft.Type(Temperature, " ");
        var change = Assert.Single(draft.Changes());
        Assert.Equal("sampling", change.Key);
        Assert.Null(Assert.Single(change.Value.Values).Value);
        Assert.Equal(3, change.Value.Revision);
    }

    [Fact]
    public void SomebodyElsesSave_KeepsTheEdit_AndMarksTheField()
    {
        var draft = Draft(("temperature", 0.5));
        draft.Type(Temperature, "0.7");
        draft.Load(ParameterSet.Empty, Set(("temperature", 0.9)), Revision(4));
        Assert.Equal("0.7", draft.Text(Temperature));
        Assert.Contains("0.9", draft.Warning(Temperature));
        Assert.Equal((1, 4), (draft.ConflictCount, draft.Changes()["sampling"].Revision));
    }

    [Fact]
    public void SomebodyElsesSave_OfAnotherField_IsTakenOver()
    {
        var draft = Draft(("temperature", 0.5));
        draft.Type(Temperature, "0.7");
        draft.Load(ParameterSet.Empty, Set(("temperature", 0.5), ("top_k", 5L)), Revision(4));
        Assert.Equal("5", draft.Text(TopK));
        Assert.Equal((1, 0), (draft.ChangeCount, draft.ConflictCount));
    }

    [Fact]
    public void SomebodyElsesSave_OfTheSameValue_EndsTheEdit()
    {
        var draft = Draft();
        draft.Type(TopK, "5");
        draft.Load(ParameterSet.Empty, Set(("top_k", 5L)), Revision(4));
        Assert.Equal(0, draft.ChangeCount);
    }

    [Fact]
    public void ExclusiveOptions_AreAnError_OnlyInsideTheForm()
    {
        var draft = Draft();
        draft.Type(Catalogue.FindColumn("samplers")!, "top_k");
        draft.Type(Catalogue.FindColumn("sampler_seq")!, "k");
        Assert.Equal(2, draft.ErrorCount);
        draft.Type(Catalogue.FindColumn("sampler_seq")!, "");
        Assert.Equal(0, draft.ErrorCount);
    }

    [Fact]
    public void Force_IsSavedWithTheSection()
    {
        var draft = Draft(("temperature", 0.8));
        draft.Force(Temperature, true);
        Assert.True(draft.IsForced(Temperature));
        Assert.Equal(["temperature"], draft.Changes()["sampling"].Forced);
        draft.Force(Temperature, false);
        Assert.Equal(0, draft.ChangeCount);
    }

    [Fact]
    public void Secret_NeverReachesTheForm_AndStaysWhenSentBackMasked()
    {
        var token = Catalogue.FindColumn("hf_token")!;
        var draft = new ParameterDraft(Catalogue, [token]);
        draft.Load(ParameterSet.Empty, Set(("hf_token", "hf_secret")), Revision(1));
        Assert.Equal("***", draft.Text(token));
        draft.Type(token, "***");
        Assert.Equal(0, draft.ChangeCount);
        draft.Type(token, "new");
        Assert.Equal("new", draft.Changes()["model"].Values["hf_token"]);
    }

    [Fact]
    public void Discard_ShowsWhatIsStored()
    {
        var draft = Draft(("temperature", 0.5));
        draft.Type(Temperature, "x");
        draft.Discard();
        Assert.Equal("0.5", draft.Text(Temperature));
        Assert.Null(draft.Error(Temperature));
    }

    private static ParameterDraft Draft(params (string, object)[] own)
    {
        var draft = new ParameterDraft(Catalogue, Catalogue.Section("sampling"));
        draft.Load(ParameterSet.Empty, Set(own), Revision(3));
        return draft;
    }

    private static ParameterSet Set(params (string Column, object Value)[] values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Column, pair.Value)));

    private static Dictionary<string, long> Revision(long revision) => new() { ["sampling"] = revision };
}
