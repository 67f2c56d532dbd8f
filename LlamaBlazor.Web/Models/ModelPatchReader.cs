using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Models;

/// <summary>Reads the body of PATCH: flat columns, null clears where a column may be empty, and every wrong column is named.</summary>
internal static class ModelPatchReader
{
    /// <summary>The patch, or all that is wrong.</summary>
    public static Result<ModelPatch> Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Failure.Invalid("", "Send a JSON object with the columns to change.");
        var errors = new Dictionary<string, string[]>();
        var patch = new ModelPatch();
        foreach (var (name, value) in body.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            patch = (name, value.ValueKind) switch
            {
                ("name", JsonValueKind.String) => patch with { Name = value.GetString() },
                ("type", JsonValueKind.String) => patch with { Type = value.GetString() },
                ("tags", JsonValueKind.String or JsonValueKind.Null) => patch with { Tags = value.GetString() ?? "" },
                ("notes", JsonValueKind.String or JsonValueKind.Null) => patch with { Notes = value.GetString() ?? "" },
                ("favorite", JsonValueKind.True or JsonValueKind.False) => patch with { Favorite = value.GetBoolean() },
                _ => Wrong(name),
            };
        }

        return errors.Count == 0 ? patch : Failure.Invalid(errors);

        ModelPatch Wrong(string name)
        {
            errors[name] =
            [
                name switch
                {
                    "name" or "type" => "A text.",
                    "tags" or "notes" => "A text, or null to clear it.",
                    "favorite" => "true or false.",
                    _ => "Cannot be changed here. Launch settings are changed with PATCH /api/models/{id}/config/{section}.",
                },
            ];
            return patch;
        }
    }
}
