using System.Linq.Expressions;
using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Web.Models;

/// <summary>One line of the list: what it needs of <c>models</c>, and no configuration.</summary>
public sealed record ModelListItem
{
    /// <summary>The columns, for queries.</summary>
    public static Expression<Func<Model, ModelListItem>> Columns { get; } =
        model => new ModelListItem
        {
            Id = model.Id,
            Uid = model.Uid,
            Name = model.Name,
            Type = model.Type,
            Role = model.Role,
            Status = model.Status,
            RuntimeStatus = model.RuntimeStatus,
            Favorite = model.Favorite,
            Tags = model.Tags,
            ModelPath = model.ModelPath,
            FileMissing = model.FileMissing,
            FileSizeBytes = model.FileSizeBytes,
            Architecture = model.Architecture,
            Params = model.Params,
            ParameterCount = model.ParameterCount,
            Quantization = model.Quantization,
            ContextLength = model.ContextLength,
            SplitCount = model.SplitCount,
            SplitMissing = model.SplitMissing,
            ProjectorPath = model.ProjectorPath,
            LastUsedAt = model.LastUsedAt,
            CreatedAt = model.CreatedAt,
            UpdatedAt = model.UpdatedAt,
            Revision = model.Revision,
        };

    /// <inheritdoc cref="Model.Id"/>
    public long Id { get; init; }

    /// <inheritdoc cref="Model.Uid"/>
    public string Uid { get; init; } = "";

    /// <inheritdoc cref="Model.Name"/>
    public string Name { get; init; } = "";

    /// <inheritdoc cref="Model.Type"/>
    public string Type { get; init; } = "";

    /// <inheritdoc cref="Model.Role"/>
    public string Role { get; init; } = "";

    /// <inheritdoc cref="Model.Status"/>
    public string Status { get; init; } = "";

    /// <inheritdoc cref="Model.RuntimeStatus"/>
    public string? RuntimeStatus { get; init; }

    /// <inheritdoc cref="Model.Favorite"/>
    public bool Favorite { get; init; }

    /// <inheritdoc cref="Model.Tags"/>
    public string? Tags { get; init; }

    /// <inheritdoc cref="Model.ModelPath"/>
    public string? ModelPath { get; init; }

    /// <inheritdoc cref="Model.FileMissing"/>
    public bool FileMissing { get; init; }

    /// <inheritdoc cref="Model.FileSizeBytes"/>
    public long? FileSizeBytes { get; init; }

    /// <inheritdoc cref="Model.Architecture"/>
    public string? Architecture { get; init; }

    /// <inheritdoc cref="Model.Params"/>
    public string? Params { get; init; }

    /// <inheritdoc cref="Model.ParameterCount"/>
    public long? ParameterCount { get; init; }

    /// <inheritdoc cref="Model.Quantization"/>
    public string? Quantization { get; init; }

    /// <inheritdoc cref="Model.ContextLength"/>
    public long? ContextLength { get; init; }

    /// <inheritdoc cref="Model.SplitCount"/>
    public long? SplitCount { get; init; }

    /// <inheritdoc cref="Model.SplitMissing"/>
    public string? SplitMissing { get; init; }

    /// <inheritdoc cref="Model.ProjectorPath"/>
    public string? ProjectorPath { get; init; }

    /// <inheritdoc cref="Model.LastUsedAt"/>
    public long? LastUsedAt { get; init; }

    /// <inheritdoc cref="Model.CreatedAt"/>
    public long CreatedAt { get; init; }

    /// <inheritdoc cref="Model.UpdatedAt"/>
    public long UpdatedAt { get; init; }

    /// <inheritdoc cref="Model.Revision"/>
    public long Revision { get; init; }
}
