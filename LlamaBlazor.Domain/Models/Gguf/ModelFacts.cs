using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>What the header of a file, or of the first part of a split set, tells about the model: the values of the file columns of <c>models</c>.</summary>
public sealed record ModelFacts
{
    /// <summary>One of <see cref="ModelRole"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Family for filters: llama, gpt, mistral, or the architecture.</summary>
    public required string Type { get; init; }

    /// <summary><c>general.architecture</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary><c>general.name</c>: for people; names of models come from the file name.</summary>
    public string? Title { get; init; }

    /// <summary>File format with its version.</summary>
    public required string Format { get; init; }

    /// <summary>Number of weights in the files read.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Quantisation of <c>general.file_type</c>, else the type of most tensor bytes.</summary>
    public string? Quantization { get; init; }

    /// <summary>Parts the header speaks of, at least 1.</summary>
    public int SplitCount { get; init; } = 1;

    /// <summary>The part this file is, from 1.</summary>
    public int SplitPart { get; init; } = 1;

    /// <summary>All keys.</summary>
    public required GgufMetadata Metadata { get; init; }

    /// <summary>The facts, or why the file is nothing a library lists.</summary>
    /// <param name="file">A header.</param>
    public static Result<ModelFacts> Of(GgufFile file)
    {
        var keys = file.Metadata;
        if (RoleOf(file) is not { } role)
            return Failure.Conflict($"This is a GGUF file of the type '{keys.Text("general.type")}', which is nothing that can be run.");
        if (role == ModelRole.Model && keys.Architecture is null)
            return Failure.Conflict("The header does not name an architecture (general.architecture), so llama.cpp cannot load it.");
        return new ModelFacts
        {
            Role = role,
            Type = TypeOf(keys),
            Architecture = keys.Architecture,
            Title = OneLine(keys.Text("general.name")),
            Format = $"GGUF v{file.Version}" + (file.BigEndian ? " big-endian" : ""),
            ParameterCount = file.ParameterCount,
            Quantization = role == ModelRole.Vocabulary ? null
                : keys.Number("general.file_type") is { } fileType && FileTypeNames.Find(fileType) is { } name ? name : Dominant(file.Tensors),
            SplitCount = (int)Math.Clamp(keys.Number("split.count") ?? 1, 1, 99_999),
            SplitPart = (int)Math.Clamp(keys.Number("split.no") ?? 0, 0, 99_998) + 1,
            Metadata = keys,
        };
    }

    /// <summary>Writes the facts into a row. Size, parts and projector belong to the library, which knows the other files.</summary>
    /// <param name="model">The row.</param>
    public void Apply(Model model)
    {
        var keys = Metadata;
        (model.Role, model.Type, model.Architecture, model.Format, model.Quantization) = (Role, Type, Architecture, Format, Quantization);
        model.ParameterCount = ParameterCount;
        model.Params = keys.Text("general.size_label") is { Length: > 0 and <= 32 } label ? label : SizeLabel.Of(ParameterCount);
        model.FileType = keys.Number("general.file_type");
        model.ContextLength = keys.Number(keys.Of("context_length"));
        model.EmbeddingSize = keys.Number(keys.Of("embedding_length"));
        model.BlockCount = keys.Number(keys.Of("block_count"));
        model.HeadCount = keys.Number(keys.Of("attention.head_count"));
        model.HeadCountKv = keys.Number(keys.Of("attention.head_count_kv")) ?? model.HeadCount;
        model.FfnDim = keys.Number(keys.Of("feed_forward_length"));
        model.VocabSize = keys.Count("tokenizer.ggml.tokens") ?? keys.Number(keys.Of("vocab_size"));
        model.ChatTemplateText = keys.Text("tokenizer.chat_template");
        model.MetadataJson = MetadataText.Json(keys);
    }

    private static string? RoleOf(GgufFile file)
    {
        var keys = file.Metadata;
        return keys.Text("general.type") switch
        {
            "adapter" => ModelRole.Adapter,
            "mmproj" => ModelRole.Projector,
            "vocab" => ModelRole.Vocabulary,
            "imatrix" => null,
            _ when keys.Architecture == "clip" => ModelRole.Projector,
            _ when keys.Architecture == "controlvector" || keys.Find("adapter.type") is not null => ModelRole.Adapter,
            _ when file.Tensors.Count == 0 && keys.Number("split.count") is null or 1 or 0 => ModelRole.Vocabulary,
            _ => ModelRole.Model,
        };
    }

    // A name is shown in lists, logs and commands: it is one line, and moves no terminal.
    private static string? OneLine(string? text) =>
        text is null ? null
            : string.Join(' ',
            new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string TypeOf(GgufMetadata keys)
    {
        var architecture = keys.Architecture ?? "custom";
        var named = $"{keys.Text("general.basename")} {keys.Text("general.name")}";
        return architecture switch
        {
            "llama" when named.Contains("mistral", StringComparison.OrdinalIgnoreCase) || named.Contains("mixtral", StringComparison.OrdinalIgnoreCase) => "mistral",
            "mistral3" or "mistral4" => "mistral",
            "gpt2" or "gptj" or "gptneox" or "gpt-oss" => "gpt",
            _ => architecture.Length <= 64 ? architecture : "custom",
        };
    }

    private static string? Dominant(IReadOnlyList<GgufTensor> tensors) =>
        tensors.Where(tensor => tensor.Type is not null).GroupBy(tensor => tensor.TypeId).MaxBy(group => group.Sum(tensor => (double)tensor.Bytes))?.First().TypeName;
}
