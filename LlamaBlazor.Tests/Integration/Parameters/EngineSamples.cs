using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Domain.Parameters;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Samples that a real engine takes: files and folders that its parser opens exist.</summary>
internal static class EngineSamples
{
    public static object Value(ParameterDefinition definition, TempFolder folder)
    {
        if (
            definition.Kind != ParameterKind.Path
            && definition.Column is not ("lora" or "control_vector" or "lora_scaled" or "control_vector_scaled")
        )
            return ParameterSamples.Value(definition);
        var path = folder.File(definition.Column);
        if (definition.Column is "slot_save_path" or "media_path" or "path" or "models_dir" or "log_prompts_dir")
            Directory.CreateDirectory(path);
        else
            File.WriteAllText(
                path,
                definition.Column switch
                {
                    "json_schema_file" or "webui_config_file" => """{"type":"object"}""",
                    "model_path" => "GGUF",
                    _ => "root ::= \"a\"",
                }
            );
        return definition.Column.EndsWith("_scaled", StringComparison.Ordinal) ? path + ":0.5" : path;
    }
}
