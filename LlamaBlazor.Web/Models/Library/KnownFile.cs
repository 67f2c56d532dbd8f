using System.Linq.Expressions;
using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>What a scan needs to know of a model that is already in the library.</summary>
/// <param name="Id">The row.</param>
/// <param name="Path">Where its file was.</param>
/// <param name="Size">Bytes then.</param>
/// <param name="ModifiedAt">Unix milliseconds then.</param>
/// <param name="Fingerprint">By which it is recognised elsewhere.</param>
/// <param name="Missing">Whether it was gone at the last scan.</param>
/// <param name="Role">One of <see cref="ModelRole"/>.</param>
/// <param name="ProjectorPath">The projector paired with it.</param>
internal sealed record KnownFile(
    long Id,
    string Path,
    long? Size,
    long? ModifiedAt,
    string? Fingerprint,
    bool Missing,
    string Role,
    string? ProjectorPath
)
{
    /// <summary>The columns, for queries.</summary>
    public static Expression<Func<Model, KnownFile>> Columns { get; } =
        model => new KnownFile(
            model.Id,
            model.ModelPath!,
            model.FileSizeBytes,
            model.FileModifiedAt,
            model.Fingerprint,
            model.FileMissing,
            model.Role,
            model.ProjectorPath
        );
}
