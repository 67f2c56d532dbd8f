namespace LlamaBlazor.Domain.Models;

// The launch settings of the Core tab: the columns of `models` that are llama-server flags. Null says nothing to llama-server.
public sealed partial class Model
{
    /// <summary>GGUF file to load; first part of a split model. <c>--model</c>.</summary>
    public string? ModelPath { get; set; }

    /// <summary>Address to download the model from. <c>--model-url</c>.</summary>
    public string? ModelUrl { get; set; }

    /// <summary>Docker Hub model: [repo/]model[:quant]. <c>--docker-repo</c>.</summary>
    public string? DockerRepo { get; set; }

    /// <summary>Hugging Face model: user/model[:quant]. <c>--hf-repo</c>.</summary>
    public string? HfRepo { get; set; }

    /// <summary>Hugging Face repo of the draft model. <c>--spec-draft-hf</c>.</summary>
    public string? HfRepoDraft { get; set; }

    /// <summary>File inside the Hugging Face repo, overrides the quant. <c>--hf-file</c>.</summary>
    public string? HfFile { get; set; }

    /// <summary>File of the speech vocoder inside its repo. <c>--hf-file-v</c>.</summary>
    public string? HfFileV { get; set; }

    /// <summary>Hugging Face access token (unset: HF_TOKEN). <c>--hf-token</c>.</summary>
    public string? HfToken { get; set; }

    /// <summary>Tokens of context to allocate (0: what the model was trained with). <c>--ctx-size</c>, 0 to ….</summary>
    public long? CtxSize { get; set; }

    /// <summary>Most tokens to generate per request (-1: no limit). <c>--predict</c>, -1 to ….</summary>
    public long? Predict { get; set; }

    /// <summary>Logical batch: prompt tokens handed over at once. <c>--batch-size</c>, 1 to ….</summary>
    public long? BatchSize { get; set; }

    /// <summary>Physical batch: tokens computed at once. <c>--ubatch-size</c>, 1 to ….</summary>
    public long? UbatchSize { get; set; }

    /// <summary>Number of request slots (-1: auto, currently 4). <c>--parallel</c>, -1 to 256.</summary>
    public long? NParallel { get; set; }

    /// <summary>Add new requests to the running batch. <c>--cont-batching</c>.</summary>
    public bool? ContBatching { get; set; }

    /// <summary>CPU threads for token generation (unset: physical cores). <c>--threads</c>, -1 to ….</summary>
    public long? Threads { get; set; }

    /// <summary>CPU threads for prompt processing (unset: same as generation). <c>--threads-batch</c>, -1 to ….</summary>
    public long? ThreadsBatch { get; set; }

    /// <summary>Hex bit mask of CPUs to run on. <c>--cpu-mask</c>.</summary>
    public string? CpuMask { get; set; }

    /// <summary>Range of CPUs to run on, such as 0-7. <c>--cpu-range</c>.</summary>
    public string? CpuRange { get; set; }

    /// <summary>Pin each thread to its CPU. <c>--cpu-strict</c>.</summary>
    public long? CpuStrict { get; set; }

    /// <summary>Hex CPU mask for prompt processing. <c>--cpu-mask-batch</c>.</summary>
    public string? CpuMaskBatch { get; set; }

    /// <summary>CPU range for prompt processing. <c>--cpu-range-batch</c>.</summary>
    public string? CpuRangeBatch { get; set; }

    /// <summary>Pin prompt threads to their CPU (unset: as --cpu-strict). <c>--cpu-strict-batch</c>.</summary>
    public long? CpuStrictBatch { get; set; }

    /// <summary>Thread priority: -1 low to 3 realtime. <c>--prio</c>, -1 to 3.</summary>
    public long? Priority { get; set; }

    /// <summary>Priority of prompt threads, 0 normal to 3 realtime. <c>--prio-batch</c>, 0 to 3.</summary>
    public long? PriorityBatch { get; set; }

    /// <summary>Prompt tokens kept when the context shifts (-1: all). <c>--keep</c>, -1 to ….</summary>
    public long? Keep { get; set; }

    /// <summary>Names the API knows this model by. <c>--alias</c>.</summary>
    public string? Alias { get; set; }

    /// <summary>Hugging Face repo of the speech vocoder. <c>--hf-repo-v</c>.</summary>
    public string? HfRepoV { get; set; }

    /// <summary>Vocoder file for speech output. <c>--model-vocoder</c>.</summary>
    public string? ModelVocoder { get; set; }
}
