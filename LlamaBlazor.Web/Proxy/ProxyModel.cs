using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Proxy;

/// <summary>What the endpoint needs to know of a model.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Concurrency">Requests passed on at once; null is as many as the engine has slots.</param>
/// <param name="CacheMode">off, on, sampled, or null for the global switch.</param>
/// <param name="Project">The project it belongs to.</param>
/// <param name="Facts">What clients may read about it.</param>
internal sealed record ProxyModel(
    long Id,
    string Name,
    string? Path,
    int? Concurrency,
    string? CacheMode,
    string Project,
    ProxyModelMetadata Facts
)
{
    /// <summary>Whether it is never stopped for another.</summary>
    public bool IsPinned { get; init; }
}

/// <summary>What the list of models says of one.</summary>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="Architecture"><c>general.architecture</c>.</param>
/// <param name="ParameterCount">Number of weights.</param>
/// <param name="Quantization">Such as Q4_K_M.</param>
/// <param name="SizeBytes">Size of the file.</param>
/// <param name="TrainedContext">Tokens the model was trained with.</param>
/// <param name="ConfiguredContext">Tokens it is started with, or null for the engine's default.</param>
/// <param name="HasChatTemplate">Whether it can chat.</param>
/// <param name="Senses">What it takes in besides text.</param>
/// <param name="Status">stopped, loading, running or error.</param>
internal sealed record ProxyModelMetadata(
    long CreatedAt,
    string? Architecture,
    long? ParameterCount,
    string? Quantization,
    long? SizeBytes,
    long? TrainedContext,
    long? ConfiguredContext,
    bool HasChatTemplate,
    ProjectorSenses Senses,
    string Status
)
{
    /// <summary>Whether it is made for embeddings and not for writing.</summary>
    public bool Embeds => Architecture is "bert" or "nomic-bert" or "jina-bert-v2" or "modern-bert" or "t5encoder" or "gemma-embedding";
}

/// <summary>What a name leads to.</summary>
/// <param name="Name">The name as it is written in the dashboard.</param>
/// <param name="Model">The model.</param>
/// <param name="ParametersJson">Request fields that this alias sets, as a JSON object, or null.</param>
internal sealed record ProxyTarget(string Name, ProxyModel Model, string? ParametersJson)
{
    /// <summary>Whether the name stands for many (<see cref="Domain.Proxy.WildcardName"/>).</summary>
    public bool IsWildcard { get; init; }

    /// <summary>Whether a key may ask it; without a key everything may be asked.</summary>
    public bool IsOpenTo(ApiKey? key) => key is null || (key.MayUse(Model.Project) && (key.MayAsk(Model.Name) || key.MayAsk(Name)));
}
