namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>The API for clients that speak only Ollama's: configuration section <c>LlamaBlazor:Ollama</c>.</summary>
internal sealed class OllamaOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Ollama";

    /// <summary>Ollama's own port, where its clients look by themselves.</summary>
    public const int UsualPort = 11434;

    /// <summary>Whether it is served; off unless somebody switches it on.</summary>
    public bool Enabled { get; init; }

    /// <summary>Its port on loopback; 0 takes any that is free.</summary>
    public int Port { get; init; }
}
