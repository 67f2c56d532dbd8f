using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The forms that llama-server's parser demands of texts (parameters.md; common/arg.cpp).</summary>
internal static partial class TextShape
{
    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Check(ParameterDefinition definition, string text) =>
        definition.Column switch
        {
            "grammar" => GrammarShape.Check(text),
            "gpu_layers" or "n_gpu_layers_draft" => Unless(Layers().IsMatch(text), "Give a number of layers, auto or all."),
            "cpu_mask" or "cpu_mask_batch" or "cpu_mask_draft" or "cpu_mask_batch_draft" => Unless(
                Hex().IsMatch(text),
                "Give hexadecimal digits, such as 0xff: one bit a CPU."
            ),
            "cpu_range" or "cpu_range_batch" or "cpu_range_draft" => Unless(
                CpuRange().IsMatch(text),
                "Give first and last CPU, such as 0-7."
            ),
            "tensor_split" => Each(definition, text, Decimal(), "Give one number for each GPU, separated by commas, such as 3,1."),
            "fit_target" => Each(definition, text, Digits(), "Give MiB, one number for all GPUs or one for each, separated by commas."),
            "device" or "device_draft" => Each(
                definition,
                text,
                DeviceName(),
                "Give names such as CUDA0 or Vulkan0, separated by commas, or none. Numbers alone are refused."
            ),
            "control_vector_layer_range" => Unless(TwoNumbers().IsMatch(text), "Give first and last layer, such as 1 31."),
            "logit_bias" => Each(
                definition,
                text,
                LogitBias(),
                "Give one item a line in the form TOKEN+BIAS or TOKEN-BIAS, such as 15043+1."
            ),
            "override_kv" => Each(
                definition,
                text,
                KeyValue(),
                "Give items in the form key=type:value, with the type int, float, bool or str."
            ),
            "override_tensor" or "override_tensor_draft" => Each(
                definition,
                text,
                TensorBuffer(),
                "Give items in the form pattern=BUFFER, such as exps=CPU."
            ),
            "lora_scaled" or "control_vector_scaled" => Each(
                definition,
                text,
                Scaled(),
                "Give items in the form FILE:SCALE, such as /models/style.gguf:0.5."
            ),
            "sampler_seq" => Unless(SamplerLetters().IsMatch(text), "Give letters of: e d s k y p m x t i a."),
            "mmproj_url" or "model_url" or "model_url_draft" => Unless(
                Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
                "Give an address that starts with https://."
            ),
            "hf_repo" or "hf_repo_draft" or "hf_repo_v" => Unless(
                Repository().IsMatch(text),
                "Give owner/name, with :quantisation after it if wanted."
            ),
            "api_prefix" => Unless(text.StartsWith('/') && !text.EndsWith('/'), "Start with a slash and end without one, such as /llama."),
            "rpc" => Each(definition, text, HostPort(), "Give host:port, several separated by commas."),
            _ => null,
        };

    private static string? Each(ParameterDefinition definition, string text, Regex shape, string message) =>
        ParameterValue.Split(definition, text) is var items && items.Count > 0 && items.All(item => shape.IsMatch(item)) ? null : message;

    private static string? Unless(bool right, string message) => right ? null : message;

    [GeneratedRegex("^(auto|all|-?[0-9]{1,9})$")]
    private static partial Regex Layers();

    [GeneratedRegex("^(0x)?[0-9a-fA-F]{1,128}$")]
    private static partial Regex Hex();

    [GeneratedRegex("^([0-9]{1,3})?-([0-9]{1,3})?$")]
    private static partial Regex CpuRange();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?([,/;][0-9]+(\.[0-9]+)?)*$")]
    private static partial Regex Decimal();

    [GeneratedRegex("^[0-9]{1,9}$")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(?![0-9]+$)\S+$")]
    private static partial Regex DeviceName();

    [GeneratedRegex(@"^\s*[0-9]{1,9}\s+[0-9]{1,9}\s*$")]
    private static partial Regex TwoNumbers();

    [GeneratedRegex(@"^[0-9]{1,9}[+-]([0-9]+(\.[0-9]+)?|inf)$")]
    private static partial Regex LogitBias();

    [GeneratedRegex("^[^=]{1,127}=(int:-?[0-9]+|float:[-+0-9.eE]+|bool:(true|false)|str:.{0,127})$")]
    private static partial Regex KeyValue();

    [GeneratedRegex("^[^=]+=[^=]+$")]
    private static partial Regex TensorBuffer();

    [GeneratedRegex(@"^[^:]+:-?[0-9]+(\.[0-9]+)?$")]
    private static partial Regex Scaled();

    [GeneratedRegex("^[edskypmxtia]+$")]
    private static partial Regex SamplerLetters();

    [GeneratedRegex(@"^[\w.-]+/[\w.-]+(:[\w.-]+)?$")]
    private static partial Regex Repository();

    [GeneratedRegex(@"^[^\s:,]+:[0-9]{1,5}$")]
    private static partial Regex HostPort();
}
