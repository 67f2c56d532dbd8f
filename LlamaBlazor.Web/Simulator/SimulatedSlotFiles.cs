using System.Globalization;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary><c>/slots/N?action=…</c>: saves, restores and erases what a slot knows. Its files hold the count of the
/// tokens and the text of the prompt.</summary>
/// <param name="slots">Its slots.</param>
/// <param name="arguments">Its command line.</param>
internal sealed class SimulatedSlotFiles(SimulatedSlots slots, SimulatedArguments arguments, TimeProvider clock)
{
    private static ReadOnlySpan<byte> Magic => "simulated slot\n"u8;

    /// <summary>Answers one request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="slot">The slot, as the path names it.</param>
    public async Task RunAsync(HttpContext context, string slot)
    {
        if (arguments.Text("--slot-save-path") is not { } folder)
        {
            await SimulatedWire.RefuseAsync(context, "This server does not support slots action. Start it with `--slot-save-path`");
            return;
        }

        var started = clock.GetTimestamp();
        var (answer, error) = !int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (null, SimulatedError.Invalid("Invalid slot ID"))
            : context.Request.Query["action"].ToString() switch
            {
                "erase" => (new JsonObject { ["id_slot"] = id, ["n_erased"] = slots.Erase(id) }, null),
                "save" => await WithFileAsync(context, folder, path => Save(id, path)),
                "restore" => await WithFileAsync(context, folder, path => Restore(id, path)),
                _ => (null, SimulatedError.Invalid("Invalid action")),
            };
        if (error is not null)
        {
            await SimulatedWire.WriteAsync(context, error);
            return;
        }

        if (answer!.ContainsKey("filename"))
        {
            var key = answer.ContainsKey("n_saved") ? "save_ms" : "restore_ms";
            answer["timings"] = new JsonObject { [key] = clock.GetElapsedTime(started).TotalMilliseconds };
        }

        await SimulatedWire.WriteAsync(context, answer);
    }

    private static async Task<(JsonObject? Answer, SimulatedError? Error)> WithFileAsync(
        HttpContext context,
        string folder,
        Func<string, (JsonObject? Answer, SimulatedError? Error)> act
    )
    {
        var (json, error) = await SimulatedBody.ReadAsync(context);
        if (error is not null)
            return (null, error);
        if (SimulatedBody.Text((json as JsonObject)?["filename"]) is not { } name)
            return (null, SimulatedError.Server(SimulatedBody.Missing("filename")));
        return name.Length == 0 || name is "." or ".." || name != Path.GetFileName(name) || name.Contains('\\', StringComparison.Ordinal)
            ? (null, SimulatedError.Invalid("Invalid filename"))
            : act(Path.Combine(folder, name));
    }

    private static JsonObject Done(int id, string path, (string Key, int Value) tokens, (string Key, int Value) bytes) =>
        new()
        {
            ["id_slot"] = id,
            ["filename"] = Path.GetFileName(path),
            [tokens.Key] = tokens.Value,
            [bytes.Key] = bytes.Value,
        };

    private (JsonObject? Answer, SimulatedError? Error) Save(int id, string path)
    {
        var slot = slots.All.FirstOrDefault(slot => slot.Id == id);
        try
        {
            var known = $"{(slot?.Tokens ?? 0).ToString(CultureInfo.InvariantCulture)}\n{slot?.Prompt}";
            byte[] content = [.. Magic, .. System.Text.Encoding.UTF8.GetBytes(known)];
            File.WriteAllBytes(path, content);
            return (Done(id, path, ("n_saved", slot?.Tokens ?? 0), ("n_written", content.Length)), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, SimulatedError.Server(error.Message));
        }
    }

    private (JsonObject? Answer, SimulatedError? Error) Restore(int id, string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            if (
                content.AsSpan().StartsWith(Magic)
                && System.Text.Encoding.UTF8.GetString(content.AsSpan(Magic.Length)).Split('\n', 2) is [var count, var prompt]
                && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
            )
            {
                slots.Restore(id, prompt, tokens);
                return (Done(id, path, ("n_restored", tokens), ("n_read", content.Length)), null);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Answered below, as the real one does.
        }

        return (null, SimulatedError.Invalid("Unable to restore slot, no available space in KV cache or invalid slot save file"));
    }
}
