using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using Microsoft.AspNetCore.Mvc;

namespace LlamaBlazor.Web.Memory;

/// <summary>Settings to try instead of the saved ones; the names are columns. All as text, so that every wrong one is named.</summary>
internal sealed record MemoryQuery
{
    /// <summary>Tokens of context.</summary>
    [FromQuery(Name = "ctx_size")]
    public string? CtxSize { get; init; }

    /// <summary>Layers on GPUs: a number, auto or all.</summary>
    [FromQuery(Name = "gpu_layers")]
    public string? GpuLayers { get; init; }

    /// <summary>Format of the keys in the KV cache.</summary>
    [FromQuery(Name = "cache_type_k")]
    public string? CacheTypeK { get; init; }

    /// <summary>Format of the values in the KV cache.</summary>
    [FromQuery(Name = "cache_type_v")]
    public string? CacheTypeV { get; init; }

    /// <summary>Slots.</summary>
    [FromQuery(Name = "n_parallel")]
    public string? NParallel { get; init; }

    /// <summary>One KV cache for all slots.</summary>
    [FromQuery(Name = "kv_unified")]
    public string? KvUnified { get; init; }

    /// <summary>A full cache for layers with a sliding window.</summary>
    [FromQuery(Name = "swa_full")]
    public string? SwaFull { get; init; }

    /// <summary>Tokens of a physical batch.</summary>
    [FromQuery(Name = "ubatch_size")]
    public string? UbatchSize { get; init; }

    /// <summary>The KV cache on GPUs.</summary>
    [FromQuery(Name = "kv_offload")]
    public string? KvOffload { get; init; }

    /// <summary>Layers whose experts stay in main memory.</summary>
    [FromQuery(Name = "n_cpu_moe")]
    public string? NCpuMoe { get; init; }

    /// <summary>Devices, comma-separated.</summary>
    [FromQuery(Name = "device")]
    public string? Device { get; init; }

    /// <summary>none, layer, row or tensor.</summary>
    [FromQuery(Name = "split_mode")]
    public string? SplitMode { get; init; }

    /// <summary>The device of what is not split.</summary>
    [FromQuery(Name = "main_gpu")]
    public string? MainGpu { get; init; }

    /// <summary>Shares of the devices.</summary>
    [FromQuery(Name = "tensor_split")]
    public string? TensorSplit { get; init; }

    /// <summary>Where single tensors lie.</summary>
    [FromQuery(Name = "override_tensor")]
    public string? OverrideTensor { get; init; }

    /// <summary>Most slots llama-server takes.</summary>
    public const int SlotBound = 256;

    /// <summary>Largest batch an estimate is made for.</summary>
    public const int BatchBound = 1 << 20;

    private const int TextBound = 16 << 10;

    /// <summary>The settings with these in place, or all that is wrong.</summary>
    public Result<MemorySettings> Apply(MemorySettings settings)
    {
        var read = new QueryReader();
        var result = settings with
        {
            CtxSize = read.Number("ctx_size", CtxSize, 0, int.MaxValue) ?? settings.CtxSize,
            CacheTypeK = read.Type("cache_type_k", CacheTypeK) ?? settings.CacheTypeK,
            CacheTypeV = read.Type("cache_type_v", CacheTypeV) ?? settings.CacheTypeV,
            Slots = (int?)read.Number("n_parallel", NParallel, 1, SlotBound) ?? settings.Slots,
            KvUnified = read.Flag("kv_unified", KvUnified) ?? settings.KvUnified,
            SwaFull = read.Flag("swa_full", SwaFull) ?? settings.SwaFull,
            UbatchSize = (int?)read.Number("ubatch_size", UbatchSize, 1, BatchBound) ?? settings.UbatchSize,
            KvOffload = read.Flag("kv_offload", KvOffload) ?? settings.KvOffload,
            CpuMoeLayers = (int?)read.Number("n_cpu_moe", NCpuMoe, 0, int.MaxValue) ?? settings.CpuMoeLayers,
            Device = Given(Device) ?? settings.Device,
            SplitMode = Given(SplitMode) ?? settings.SplitMode,
            MainGpu = (int?)read.Number("main_gpu", MainGpu, -1, 255) ?? settings.MainGpu,
            TensorSplit = Given(TensorSplit) ?? settings.TensorSplit,
            OverrideTensor = Given(OverrideTensor) ?? settings.OverrideTensor,
            GpuLayers = string.IsNullOrEmpty(GpuLayers) ? settings.GpuLayers : Layers(GpuLayers),
        };
        if (!string.IsNullOrEmpty(GpuLayers) && result.GpuLayers is null && GpuLayers is not ("auto" or "-1"))
            read.Errors["gpu_layers"] = ["A number, auto or all."];
        if (Given(SplitMode) is not (null or "none" or "layer" or "row" or "tensor"))
            read.Errors["split_mode"] = ["none, layer, row or tensor."];
        if (OverrideTensor?.Length > TextBound)
            read.Errors["override_tensor"] = [$"At most {TextBound:N0} characters."];
        return read.Errors.Count == 0 ? result : Failure.Invalid(read.Errors);
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>A number of layers as <c>--gpu-layers</c> takes it; null is as many as fit.</summary>
    public static int? Layers(string? text) =>
        text switch
        {
            "all" or "-2" => int.MaxValue,
            _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
}

/// <summary>Reads single values of a query and collects what is wrong with them.</summary>
internal sealed class QueryReader
{
    /// <summary>What was wrong, by column.</summary>
    public Dictionary<string, string[]> Errors { get; } = [];

    /// <summary>A whole number, or null.</summary>
    public long? Number(string column, string? text, long least, long most)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;
        Errors[column] = [$"A whole number from {least:N0} to {most:N0}."];
        return null;
    }

    /// <summary>A flag, or null.</summary>
    public bool? Flag(string column, string? text)
    {
        if (text is "1" or "true" or "0" or "false")
            return text is "1" or "true";
        if (!string.IsNullOrEmpty(text))
            Errors[column] = ["0 or 1."];
        return null;
    }

    /// <summary>A number format, or null.</summary>
    public GgmlType? Type(string column, string? text)
    {
        var type = GgmlType.Find(text ?? "");
        if (type is null && !string.IsNullOrEmpty(text))
            Errors[column] = [$"There is no format '{text}'. Usual ones are f16, q8_0 and q4_0."];
        return type;
    }
}
