using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine was told to run.</summary>
/// <param name="Path">The file.</param>
/// <param name="Names">The names it answers with, in the order of the alphabet: aliases, or the path as it was given.</param>
/// <param name="ContextSize">Tokens of context of a slot.</param>
/// <param name="Slots">Number of slots.</param>
/// <param name="IsUnified">Whether the slots share one context.</param>
/// <param name="FileSize">Bytes of the file.</param>
/// <param name="Defaults">Its sampling settings.</param>
/// <param name="Build">Build of the engine.</param>
internal sealed record SimulatedModel(
    string Path,
    IReadOnlyList<string> Names,
    int ContextSize,
    int Slots,
    bool IsUnified,
    long FileSize,
    JsonObject Defaults,
    string Build
)
{
    private const int DefaultContext = 8192; // the real one takes it from the file
    private const int DefaultSlots = 4;

    /// <summary>The name in answers.</summary>
    public string Name => Names[0];

    /// <summary>Reads the flags, and looks at the first bytes of the file as the real one does.</summary>
    public static Result<SimulatedModel> Open(SimulatedArguments arguments)
    {
        if (arguments.Text("--model") is not { } path)
            return Failure.Unavailable("srv  llama_server: the simulated engine needs --model: it is no router");
        try
        {
            if (Directory.Exists(path))
                return Failure.Unavailable("gguf_init_from_reader: failed to read magic");
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            var read = file.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
            if (read < 4)
                return Failure.Unavailable("gguf_init_from_reader: failed to read magic");
            if (!magic.SequenceEqual("GGUF"u8))
                return Failure.Unavailable($"gguf_init_from_reader: invalid magic characters: '{Printable(magic)}', expected 'GGUF'");
            return Read(path, file.Length, arguments);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var reason = error is UnauthorizedAccessException ? "Permission denied" : "No such file or directory";
            return Failure.Unavailable($"gguf_init_from_file: failed to open GGUF file '{path}' ({reason})");
        }
    }

    // A number of slots that was not given is 4, which then share one context; else each has its part of it.
    private static SimulatedModel Read(string path, long size, SimulatedArguments arguments)
    {
        var given = arguments.Number("--parallel", -1);
        var slots = given < 1 ? DefaultSlots : given;
        var isUnified = arguments.Text("--kv-unified") is { } word ? word != "off" : given < 1;
        var context = arguments.Number("--ctx-size", 0) is > 0 and var asked ? asked : DefaultContext;
        var aliases = (arguments.Text("--alias") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] names = aliases.Length > 0 ? [.. aliases.Distinct().Order(StringComparer.Ordinal)] : [path];
        var room = isUnified ? context : Math.Max(1, context / slots);
        return new SimulatedModel(path, names, room, slots, isUnified, size, SimulatedSettings.OfServer(arguments), arguments.Age.Info);
    }

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        string.Concat(bytes.ToArray().Select(one => one is >= 32 and < 127 ? (char)one : '?'));
}
