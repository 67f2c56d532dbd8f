namespace LlamaBlazor.Web.Shared.Published;

/// <summary>A model or the library has changed; sent over <c>Broadcast&lt;ModelChanged&gt;</c> after the change is saved.</summary>
/// <param name="Id">The model, or 0 where many changed at once.</param>
/// <param name="Kind">One of the constants.</param>
internal sealed record ModelChanged(long Id, string Kind)
{
    /// <summary>A new row.</summary>
    public const string Added = "added";

    /// <summary>Name, notes, file facts or another column of <c>models</c> changed.</summary>
    public const string Updated = "updated";

    /// <summary>The row and its configuration are gone.</summary>
    public const string Deleted = "deleted";

    /// <summary>A scan or clean-up changed any number of rows; <see cref="Id"/> is 0.</summary>
    public const string Library = "library";
}
