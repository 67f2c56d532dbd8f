using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>What the header of a file, or of the first part of a split set, tells about the model: the values of the file columns of
/// <c>models</c>.</summary>
public sealed record ModelMetadata
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
    /// <param name="fileName">Its name without folders, or null: names a quantisation that this program does not know.</param>
    public static Result<ModelMetadata> Of(GgufFile file, string? fileName = null)
    {
        var keys = file.Metadata;
        var purpose = FilePurpose.Of(file);
        if (purpose.Failure is { } failure)
            return failure;
        var role = purpose.Value;
        return new ModelMetadata
        {
            Role = role,
            Type = TypeOf(keys),
            Architecture = keys.Architecture,
            Title = OneLine(keys.Text("general.name")),
            Format = $"GGUF v{file.Version}" + (file.BigEndian ? " big-endian" : ""),
            ParameterCount = file.ParameterCount,
            Quantization = role == ModelRole.Vocabulary ? null : QuantizationOf(file, fileName),
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

    // A name is shown in lists, logs and commands: it is one line, and moves no terminal.
    private static string? OneLine(string? text)
    {
        if (text is null)
            return null;
        var plain = new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        return string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string TypeOf(GgufMetadata keys)
    {
        var architecture = keys.Architecture ?? "custom";
        var named = $"{keys.Text("general.basename")} {keys.Text("general.name")}";
        return architecture switch
        {
            "llama"
                when named.Contains("mistral", StringComparison.OrdinalIgnoreCase)
                    || named.Contains("mixtral", StringComparison.OrdinalIgnoreCase) => "mistral",
            "mistral3" or "mistral4" => "mistral",
            "gpt2" or "gptj" or "gptneox" or "gpt-oss" => "gpt",
            _ => architecture.Length <= 64 ? architecture : "custom",
        };
    }

    // A format of a fork is called as its file is, where that says more than a number.
    private static string? QuantizationOf(GgufFile file, string? fileName)
    {
        if (file.Metadata.Number("general.file_type") is { } fileType && FileTypeNames.Find(fileType) is { } name)
            return name;
        var dominant = file.Tensors.GroupBy(tensor => tensor.TypeId).MaxBy(group => group.Sum(tensor => (double)tensor.Bytes))?.First();
        return dominant is { Type: null } && fileName is not null
            ? ModelFileName.Quantization(fileName) ?? dominant.TypeName
            : dominant?.TypeName;
    }
}
