using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using Microsoft.AspNetCore.Mvc;

namespace LlamaBlazor.Web.Models.Fit;

/// <summary>Settings to try instead of the saved ones; the names are columns. All as text, so that every wrong one is named.</summary>
internal sealed record MemoryQuery(
    [FromQuery(Name = "ctx_size")] string? CtxSize,
    [FromQuery(Name = "gpu_layers")] string? GpuLayers,
    [FromQuery(Name = "cache_type_k")] string? CacheTypeK,
    [FromQuery(Name = "cache_type_v")] string? CacheTypeV,
    [FromQuery(Name = "n_parallel")] string? NParallel,
    [FromQuery(Name = "kv_unified")] string? KvUnified,
    [FromQuery(Name = "swa_full")] string? SwaFull,
    [FromQuery(Name = "ubatch_size")] string? UbatchSize,
    [FromQuery(Name = "kv_offload")] string? KvOffload,
    [FromQuery(Name = "n_cpu_moe")] string? NCpuMoe,
    [FromQuery(Name = "device")] string? Device,
    [FromQuery(Name = "split_mode")] string? SplitMode,
    [FromQuery(Name = "main_gpu")] string? MainGpu,
    [FromQuery(Name = "tensor_split")] string? TensorSplit,
    [FromQuery(Name = "override_tensor")] string? OverrideTensor)
{
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
            CtxSize = read.Number("ctx_size", CtxSize, 0, 1 << 24) ?? settings.CtxSize,
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
    public static int? Layers(string? text) => text switch
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
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
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
