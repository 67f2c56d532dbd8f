using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>Tells by names and forms what is a secret in data whose columns are not known: rows of old databases, free flags,
/// preferences.</summary>
public static partial class SecretWords
{
    private const int DepthLimit = 16;

    /// <summary>Whether a name is one of a secret: a token, key, password; not the number of tokens.</summary>
    /// <param name="name">Name of a column, key or flag.</param>
    public static bool IsSecret(string name) => NamePattern().IsMatch(name) && !CountPattern().IsMatch(name);

    /// <summary>A value with its secrets replaced: text under a secret's name, tokens inside text, and both inside JSON that is kept as
    /// text.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="value">The value.</param>
    /// <param name="replace">Gives what stands in a secret's place.</param>
    public static object? Replace(string name, object? value, Func<string, string> replace) =>
        value is string text && text.Length > 0 ? ReplaceText(name, text, replace, 0) : value;

    private static string ReplaceText(string name, string text, Func<string, string> replace, int depth)
    {
        if (IsSecret(name))
            return replace(text);
        if (depth < DepthLimit && text.TrimStart() is ['{' or '[', ..])
        {
            if (Parse(text) is { } json)
                return Walk(json, name, replace, depth) ? json.ToJsonString() : text;
            if (NamePattern().IsMatch(text) && ForeignJson.IsJson(text))
                // JSON that cannot be walked (a key twice, too deep): what it hides is not known, so all of it is protected.
                return replace(text);
        }

        return TokenPattern().Replace(text, match => match.Groups["before"].Value + replace(match.Groups["secret"].Value));
    }

    // True when something was replaced, so that what holds no secret stays as it was written.
    private static bool Walk(JsonNode node, string name, Func<string, string> replace, int depth)
    {
        var changed = false;
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, child) in map.ToList())
                    changed |= Change(child, key, changedChild => map[key] = changedChild);
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    var index = i;
                    changed |= Change(list[i], name, changedChild => list[index] = changedChild);
                }

                break;
        }

        return changed;

        bool Change(JsonNode? child, string key, Action<JsonNode> set)
        {
            if (child is JsonValue value && value.TryGetValue<string>(out var text))
            {
                var safe = text.Length == 0 ? text : ReplaceText(key, text, replace, depth + 1);
                if (safe == text)
                    return false;
                set(JsonValue.Create(safe));
                return true;
            }

            return child is JsonObject or JsonArray && Walk(child, key, replace, depth + 1);
        }
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(
                text,
                documentOptions: new JsonDocumentOptions { MaxDepth = ForeignJson.MaxDepth, AllowDuplicateProperties = false }
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        @"token|secret|passw(or)?d|passphrase|api[-_ ]?key|access[-_]?key|private[-_]?key|credential|authorization|bearer",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex NamePattern();

    [GeneratedRegex(
        @"tokens|token[-_]?(count|id|type|limit)|tokenizer|key[-_]?file|(bos|eos|eot|unk|pad|sep|cls|mask|add)[-_]?token",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex CountPattern();

    [GeneratedRegex(
        @"(?<before>(--(api-key|hf-token|token|password)[= ]+|(HF_TOKEN|LLAMA_API_KEY|OPENAI_API_KEY|[A-Z_]*(TOKEN|PASSWORD|SECRET))=|\bBearer +))(?<secret>[^\s""']+)|(?<before>\b)(?<secret>(hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{16,}))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex TokenPattern();
}
