namespace LlamaBlazor.Web.Shared.Fields;

/// <summary>A text of several lines edited as rows. A row is kept while it is blank, and left out of the text.</summary>
public abstract class RowsField : FieldEditor
{
    private readonly List<string> _rows = [""];

    /// <summary>The rows; at least one.</summary>
    protected IReadOnlyList<string> Rows => _rows;

    private string Text => string.Join('\n', _rows.Where(row => row.Length > 0));

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Value.ReplaceLineEndings("\n") == Text)
            return;
        _rows.Clear();
        _rows.AddRange(Value.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).DefaultIfEmpty(""));
    }

    /// <summary>Id of the first control of a row: the label names that of the first.</summary>
    /// <param name="index">Place of the row.</param>
    protected string RowId(int index) => index == 0 ? Id : $"{Id}-{index + 1}";

    /// <summary>Adds a blank row at the end.</summary>
    protected void AddRow() => _rows.Add("");

    /// <summary>Takes a row out.</summary>
    /// <param name="index">Its place.</param>
    protected Task RemoveAsync(int index)
    {
        _rows.RemoveAt(index);
        if (_rows.Count == 0)
            _rows.Add("");
        return ValueChanged.InvokeAsync(Text);
    }

    /// <summary>Replaces a row; a pasted text of several lines becomes as many rows.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="text">What it holds now.</param>
    protected Task SetAsync(int index, string text)
    {
        _rows.RemoveAt(index);
        _rows.InsertRange(index, text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).DefaultIfEmpty(""));
        return ValueChanged.InvokeAsync(Text);
    }
}
