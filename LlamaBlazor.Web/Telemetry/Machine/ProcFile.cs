using Microsoft.Win32.SafeHandles;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>A file of <c>/proc</c> that is opened once and read from its start each time, which makes the kernel write it anew.</summary>
internal sealed class ProcFile(string path) : IDisposable
{
    private readonly SafeFileHandle? _handle = Open(path);

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    /// <summary>The file's text as far as the buffer reaches; empty when it cannot be read.</summary>
    public ReadOnlySpan<byte> Read(byte[] buffer)
    {
        if (_handle is null)
            return [];
        try
        {
            var length = 0;
            int read;
            while (length < buffer.Length && (read = RandomAccess.Read(_handle, buffer.AsSpan(length), length)) > 0)
                length += read;
            return buffer.AsSpan(0, length);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // hidden by a container, for example: that value stays unknown
        }
    }
}
