using System.IO.MemoryMappedFiles;
using LlamaBlazor.Web.Data;
using Microsoft.Win32.SafeHandles;

namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>Reads bytes that are there for the length of the call.</summary>
internal delegate T BytesReader<T>(ReadOnlySpan<byte> bytes);

/// <summary>A body on disk: readable by this user only, and without a name from the beginning, so that nothing of it outlives the
/// program.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private SpoolFile(SafeFileHandle file) => _file = file;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Makes a file in the data folder.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public static SpoolFile Create(DataFolder folder)
    {
        var path = Path.Combine(folder.Root, $".body-{Guid.NewGuid():N}");
        if (OperatingSystem.IsWindows())
            return new SpoolFile(
                File.OpenHandle(
                    path,
                    FileMode.CreateNew,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    FileOptions.DeleteOnClose | FileOptions.Asynchronous
                )
            );
        // The mode is asked for at creation: the umask can only take away from it.
        using var made = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        try
        {
            return new SpoolFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.Asynchronous));
        }
        finally
        {
            File.Delete(path); // what is open stays until it is closed
        }
    }

    /// <summary>Appends bytes.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await RandomAccess.WriteAsync(_file, bytes, Length, cancellation).ConfigureAwait(false);
        Length += bytes.Length;
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Length);
        Length += bytes.Length;
    }

    /// <summary>Reads some bytes; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation) =>
        RandomAccess.ReadAsync(_file, buffer, offset, cancellation);

    /// <summary>Reads all of it through a view of the file, which takes no memory of the program afterwards.</summary>
    public unsafe T View<T>(BytesReader<T> read)
    {
        if (Length == 0)
            return read([]); // nothing can be mapped
        using var map = MemoryMappedFile.CreateFromFile(
            _file,
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: true
        );
        using var view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        try
        {
            return read(new ReadOnlySpan<byte>(first + view.PointerOffset, checked((int)Length)));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
