namespace LlamaBlazor.Domain.Models.Library;

/// <summary>A folder where another program keeps GGUF files; offered to people, read only.</summary>
/// <param name="Owner">The program.</param>
/// <param name="Path">Absolute path; may not exist.</param>
public sealed record UsualPlace(string Owner, string Path)
{
    /// <summary>
    /// The places on this machine: where the variables of those programs point, else their defaults.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="home">The user's own folder.</param>
    public static IEnumerable<UsualPlace> Find(Func<string, string?> variable, string home)
    {
        var cache = Given("XDG_CACHE_HOME") ?? System.IO.Path.Combine(home, ".cache");
        yield return new(
            "Hugging Face cache",
            Given("HF_HUB_CACHE") ?? System.IO.Path.Combine(Given("HF_HOME") ?? System.IO.Path.Combine(cache, "huggingface"), "hub")
        );
        yield return new("llama.cpp cache", Given("LLAMA_CACHE") ?? System.IO.Path.Combine(cache, "llama.cpp"));
        yield return new("llama.cpp cache (macOS)", System.IO.Path.Combine(home, "Library", "Caches", "llama.cpp"));
        yield return new("LM Studio", System.IO.Path.Combine(home, ".lmstudio", "models"));
        yield return new("LM Studio (older)", System.IO.Path.Combine(cache, "lm-studio", "models"));

        yield return new("Ollama", Given("OLLAMA_MODELS") ?? System.IO.Path.Combine(home, ".ollama", "models"));
        yield return new("Ollama (service)", "/usr/share/ollama/.ollama/models");

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }
}
