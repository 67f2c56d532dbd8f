using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// What an answer has to be when the request does not leave it open: JSON by a schema, a text by a grammar, a call of a tool.
/// </summary>
internal static class SimulatedPlan
{
    /// <summary>The text that a schema or a grammar asks for, or null when anything will do.</summary>
    public static (string? Text, SimulatedError? Error) Words(JsonObject body)
    {
        if (SimulatedBody.Text(body["grammar"]) is { Length: > 0 } grammar)
        {
            return SimulatedGrammar.Write(grammar) is { } text
                ? (text, null)
                : (null, SimulatedError.Invalid("Failed to initialize samplers: failed to parse grammar"));
        }

        var format = body["response_format"] as JsonObject ?? (body["text"] as JsonObject)?["format"] as JsonObject;
        if (body["json_schema"] is { } own)
            return (SimulatedSchema.Write(own), null);
        return SimulatedBody.Text(format?["type"]) switch
        {
            "json_schema" => (SimulatedSchema.Write((format!["json_schema"] as JsonObject)?["schema"] ?? format["schema"]), null),
            "json_object" => (SimulatedSchema.Write(format!["schema"] ?? AnyObject()), null),
            _ => (null, null),
        };
    }

    /// <summary>
    /// The tool to call, in any of the three forms of tools: the one that is named, or the first, as long as the question is the user's.
    /// </summary>
    public static SimulatedTool? Tool(JsonObject body)
    {
        var choice = body["tool_choice"];
        var word = SimulatedBody.Text(choice) ?? SimulatedBody.Text((choice as JsonObject)?["type"]);
        if (word == "none" || !AsksUser(body))
            return null;
        var tools = (body["tools"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Select(tool => tool["function"] as JsonObject ?? tool)
            .Where(tool => SimulatedBody.Text(tool["name"]) is not null)
            .ToList();
        var named = SimulatedBody.Text((choice as JsonObject)?["name"] ?? ((choice as JsonObject)?["function"] as JsonObject)?["name"]);
        var chosen = tools.Find(tool => SimulatedBody.Text(tool["name"]) == named) ?? tools.FirstOrDefault();
        if (chosen is null)
            return null;
        var arguments = SimulatedSchema.Write(chosen["parameters"] ?? chosen["input_schema"]);
        return new SimulatedTool(SimulatedForm.RandomId(), SimulatedBody.Text(chosen["name"])!, arguments);
    }

    private static JsonObject AnyObject() =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["answer"] = new JsonObject { ["type"] = "string" } },
        };

    // A result that comes back is answered with words. Anthropic's stands in a message of the user.
    private static bool AsksUser(JsonObject body)
    {
        if ((body["messages"] ?? body["input"]) is not JsonArray list)
            return true;
        return list.LastOrDefault() is JsonObject last
            && SimulatedBody.Text(last["role"]) == "user"
            && (last["content"] as JsonArray ?? []).All(part => SimulatedBody.Text((part as JsonObject)?["type"]) != "tool_result");
    }
}
