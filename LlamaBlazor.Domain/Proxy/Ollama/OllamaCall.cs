namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>What a client of Ollama asks for.</summary>
public enum OllamaVerb
{
    /// <summary><c>/api/chat</c>.</summary>
    Chat,

    /// <summary><c>/api/generate</c>.</summary>
    Generate,

    /// <summary><c>/api/embed</c>.</summary>
    Embed,

    /// <summary><c>/api/embeddings</c>, the older form with one vector.</summary>
    Embedding,
}

/// <summary>A request of Ollama's API as the request of llama-server that answers it.</summary>
/// <param name="Verb">What it asked for.</param>
/// <param name="Model">The name as the client wrote it; answers repeat it.</param>
/// <param name="Name">The name as the dashboard knows it: without the <c>:latest</c> that Ollama's clients add.</param>
/// <param name="KeepAlive">How long the model is to stay afterwards; null says nothing, negative is for ever.</param>
/// <param name="Route">Route and path at the engine.</param>
/// <param name="Body">Body for the engine; empty when the model is only to be loaded.</param>
public sealed record OllamaCall(OllamaVerb Verb, string Model, string Name, TimeSpan? KeepAlive, ProxyRoute Route, byte[] Body)
{
    /// <summary>Whether nothing is asked but to load the model, or to let it go.</summary>
    public bool LoadsOnly { get; } = Body.Length == 0;
}
