using System.Text;

namespace LlamaBlazor.Web.Playground;

/// <summary>One message of the chat; the reply under way grows.</summary>
internal sealed class ChatTurn(string role, string text = "")
{
    private readonly StringBuilder _text = new(text);
    private readonly StringBuilder _reasoning = new();

    /// <summary>user or assistant.</summary>
    public string Role => role;

    /// <summary>The model that answers; null for the user's.</summary>
    public string? Model { get; init; }

    /// <summary>What was said so far.</summary>
    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    /// <summary>What the model thought aloud, where it tells.</summary>
    public string Reasoning
    {
        get
        {
            lock (_text)
                return _reasoning.ToString();
        }
    }

    /// <summary>Why it broke off, or null.</summary>
    public string? Error { get; set; }

    /// <summary>What was measured, once it is over.</summary>
    public ChatTimings? Timings { get; set; }

    /// <summary>Adds what came.</summary>
    public void Add(string? content, string? reasoning)
    {
        lock (_text)
        {
            _text.Append(content);
            _reasoning.Append(reasoning);
        }
    }
}

/// <summary>What was measured of a reply.</summary>
/// <param name="FirstTokenMs">Until its first token.</param>
/// <param name="TotalMs">Until its end.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="PromptTokens">Tokens of what was sent.</param>
/// <param name="TokensPerSecond">Speed by the engine's own clock, or measured here.</param>
internal sealed record ChatTimings(double? FirstTokenMs, double TotalMs, long? Tokens, long? PromptTokens, double? TokensPerSecond);

/// <summary>What is sent besides the messages; null says nothing.</summary>
internal sealed class ChatSettings
{
    /// <summary>Name of the model.</summary>
    public string? Model { get; set; }

    /// <summary>Instructions before the chat.</summary>
    public string? System { get; set; }

    /// <summary>0 to 2.</summary>
    public double? Temperature { get; set; }

    /// <summary>0 to 1.</summary>
    public double? TopP { get; set; }

    /// <summary>At least 1.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>For repeatable answers.</summary>
    public long? Seed { get; set; }

    /// <summary>Texts that end the answer, one a line.</summary>
    public string? Stop { get; set; }
}
