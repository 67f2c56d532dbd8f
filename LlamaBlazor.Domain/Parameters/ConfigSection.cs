using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Names of the configuration sections: the words of <c>/api/models/{id}/config/{section}</c>, each one table.</summary>
public static class ConfigSection
{
    /// <summary>Launch columns of <c>models</c>.</summary>
    public const string Model = "model";

    /// <summary>Sampling.</summary>
    public const string Sampling = "sampling";

    /// <summary>Memory and caches.</summary>
    public const string Memory = "memory";

    /// <summary>Devices and offloading.</summary>
    public const string Gpu = "gpu";

    /// <summary>Everything rarely touched.</summary>
    public const string Advanced = "advanced";

    /// <summary>Adapters and speculative decoding.</summary>
    public const string Lora = "lora";

    /// <summary>Images and speech.</summary>
    public const string Multimodal = "multimodal";

    /// <summary>Server settings, or a model's overrides of them.</summary>
    public const string Server = "server";

    /// <summary>How we run the model; none of it is a flag.</summary>
    public const string Runtime = "runtime";

    /// <summary>Sections of a model, in the order of the tabs.</summary>
    public static IReadOnlyList<string> OfModel { get; } = [Model, Sampling, Memory, Gpu, Advanced, Lora, Multimodal, Server, Runtime];

    /// <summary>Row type of a model's section.</summary>
    /// <param name="section">One of <see cref="OfModel"/>.</param>
    public static Type RowType(string section) =>
        section switch
        {
            Model => typeof(Model),
            Sampling => typeof(SamplingConfig),
            Memory => typeof(MemoryConfig),
            Gpu => typeof(GpuConfig),
            Advanced => typeof(AdvancedConfig),
            Lora => typeof(LoraConfig),
            Multimodal => typeof(MultimodalConfig),
            Server => typeof(ServerOverride),
            Runtime => typeof(RuntimeConfig),
            _ => throw new ArgumentOutOfRangeException(nameof(section), section, "No such section"),
        };
}
