namespace LlamaBlazor.Domain.Models;

/// <summary>The four words of <c>models.status</c> (seed 000, CHECK). Only the process supervisor writes the last three.</summary>
public static class ModelStatus
{
    /// <summary>No process.</summary>
    public const string Stopped = "stopped";

    /// <summary>A process is starting or loading weights.</summary>
    public const string Loading = "loading";

    /// <summary>The process answers <c>/health</c> with 200.</summary>
    public const string Running = "running";

    /// <summary>The last start failed or the process died.</summary>
    public const string Error = "error";

    /// <summary>All of them, in the order of a start.</summary>
    public static IReadOnlyList<string> All { get; } = [Stopped, Loading, Running, Error];
}

/// <summary>What a GGUF file is for: the words of <c>models.role</c>. Only <see cref="Model"/> can be started.</summary>
public static class ModelRole
{
    /// <summary>Weights that llama-server can run.</summary>
    public const string Model = "model";

    /// <summary>A multimodal projector (architecture <c>clip</c>).</summary>
    public const string Projector = "projector";

    /// <summary>A LoRA adapter or control vector.</summary>
    public const string Adapter = "adapter";

    /// <summary>A tokenizer without weights.</summary>
    public const string Vocabulary = "vocabulary";

    /// <summary>
    /// A head that drafts for one model, made of nothing but the layers that predict further tokens: it runs only beside that model.
    /// </summary>
    public const string Draft = "draft";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Model, Projector, Adapter, Vocabulary, Draft];
}
