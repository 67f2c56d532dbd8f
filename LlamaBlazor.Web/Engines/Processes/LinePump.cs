using System.Text;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>
/// Empties a pipe for as long as it is open, whatever comes: a pipe that nobody reads blocks the engine. Lines past the bound keep their
/// beginning.
/// </summary>
internal static class LinePump
{
    /// <summary>Bytes of a line that are kept.</summary>
    public const int LineBound = 4096;

    private const int BufferSize = 32 * 1024;

    /// <summary>Reads to the end and hands over each line, without its line end. Never throws.</summary>
    public static async Task RunAsync(Stream pipe, Action<string> onLine)
    {
        var buffer = new byte[BufferSize];
        var line = new MemoryStream(LineBound);
        long length = 0;
        try
        {
            int read;
            while ((read = await pipe.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                foreach (var value in buffer.AsSpan(0, read))
                {
                    if (value == '\n')
                        Emit(line, ref length, onLine);
                    else if (length++ < LineBound)
                        line.WriteByte(value);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed under us: the process has ended and what it left behind held the other end.
        }

        if (length > 0)
            Emit(line, ref length, onLine);
    }

    private static void Emit(MemoryStream line, ref long length, Action<string> onLine)
    {
        var text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
        onLine(length > LineBound ? $"{text}… ({length} bytes)" : text);
        line.SetLength(0);
        length = 0;
    }
}
