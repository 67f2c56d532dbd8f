using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine was told to run.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The id it answers with: alias or file name.</param>
/// <param name="ContextSize">Tokens of context of a slot.</param>
/// <param name="Slots">Number of slots.</param>
/// <param name="FileSize">Bytes of the file.</param>
internal sealed record SimulatedModel(string Path, string Name, int ContextSize, int Slots, long FileSize)
{
    /// <summary>Reads the flags, and looks at the first bytes of the file as the real one does.</summary>
    public static Result<SimulatedModel> Open(SimulatedArguments arguments)
    {
        if (arguments.Text("--model") is not { } path)
            return Failure.Unavailable("the simulated engine needs --model: it is no router");
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            if (file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 || !magic.SequenceEqual("GGUF"u8))
                return Failure.Unavailable($"gguf_init_from_file: invalid magic characters in '{path}'");
            var slots = Math.Max(1, arguments.Number("--parallel", 4) is -1 ? 4 : arguments.Number("--parallel", 4));
            var context = arguments.Number("--ctx-size", 0) is > 0 and var size ? size : 8192;
            return new SimulatedModel(path, arguments.Text("--alias")?.Split(',')[0] ?? System.IO.Path.GetFileName(path), context, slots, file.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Unavailable($"gguf_init_from_file: failed to open GGUF file '{path}' ({(error is UnauthorizedAccessException ? "Permission denied" : "No such file or directory")})");
        }
    }
}
