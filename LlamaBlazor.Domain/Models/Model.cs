using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Models;

/// <summary>
/// One row of <c>models</c>: a model of the library under the name that clients send as <c>"model"</c>.
/// The union of the seeds' tables (acceptance 1.6); its llama-server flags are in <c>Model.Launch.cs</c>, what the file says in
/// <c>Model.Gguf.cs</c>.
/// </summary>
public sealed partial class Model : IConfigRecord
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Public id in the form <c>model_{Unix ms}_{random}</c>; unique, never reused.</summary>
    public string Uid { get; set; } = "";

    /// <summary>Unique without regard to case; the routing key of <c>/v1</c>. Taken from the file name without its extension.</summary>
    public string Name { get; set; } = "";

    /// <summary>Family: llama, gpt, mistral, custom, or the architecture where those do not fit.</summary>
    public string Type { get; set; } = "";

    /// <summary>One of <see cref="ModelStatus"/>.</summary>
    public string Status { get; set; } = ModelStatus.Stopped;

    /// <summary>Finer words of the engine or supervisor (sleeping, backoff, pending, …), or null.</summary>
    public string? RuntimeStatus { get; set; }

    /// <summary>One of <see cref="ModelRole"/>.</summary>
    public string Role { get; set; } = ModelRole.Model;

    /// <summary>Marked by the user.</summary>
    public bool Favorite { get; set; }

    /// <summary>Free words for search, as a comma list; emitted as <c>--tags</c>.</summary>
    public string? Tags { get; set; }

    /// <summary>The user's own text about the model.</summary>
    public string? Notes { get; set; }

    /// <summary>Parameters of an imported model that fit no column, as a JSON object.</summary>
    public string? Parameters { get; set; }

    /// <summary>True when the file was gone at the last scan.</summary>
    public bool FileMissing { get; set; }

    /// <summary>When the file was first seen, in Unix milliseconds.</summary>
    public long? FirstSeenAt { get; set; }

    /// <summary>When the model last answered a request, in Unix milliseconds.</summary>
    public long? LastUsedAt { get; set; }

    /// <summary>True when <c>model_fit_params</c> holds an analysis.</summary>
    public bool FitParamsAvailable { get; set; }

    /// <summary>When the fit was last analysed, in Unix milliseconds.</summary>
    public long? LastFitParamsCheck { get; set; }

    /// <inheritdoc/>
    public long CreatedAt { get; set; }

    /// <inheritdoc/>
    public long UpdatedAt { get; set; }

    /// <inheritdoc/>
    public long Revision { get; set; }

    /// <inheritdoc/>
    public string? ForcedColumns { get; set; }
}
