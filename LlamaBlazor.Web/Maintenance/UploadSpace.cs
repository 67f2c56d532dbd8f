using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Room for files that are sent to us: so many bytes for all that are here at once, and never the last of the disk, which the
/// database needs to go on.</summary>
internal sealed class UploadSpace(DataFolder folder, ReadFreeSpace free)
{
    /// <summary>Most bytes of all that are here.</summary>
    public const long Limit = StoredUpload.SizeLimit;

    /// <summary>Bytes that stay free on the disk.</summary>
    public const long LeastRoom = 256L << 20;

    private const long Stride = 4L << 20; // bytes between two looks at the disk

    private long _taken;

    /// <summary>Where they are stored.</summary>
    public string Folder => folder.Backups;

    /// <summary>Bytes of all that are here now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Why a file of so many bytes cannot be taken, or null.</summary>
    /// <param name="bytes">What its sender says; 0 where that is not known.</param>
    public string? Refuse(long bytes) =>
        Taken + bytes > Limit
            ? $"Uploads may take {ByteSize.Text(Limit)} in all, and {ByteSize.Text(Taken)} of them are taken. Wait until another one is "
                + "done, or give the file to the command line on this machine."
        : free(Folder) is { } room && room - bytes < LeastRoom
            ? $"{ByteSize.Text(room)} are free on the disk of {Folder}, of which {ByteSize.Text(LeastRoom)} are kept for the database."
        : null;

    /// <summary>Counts bytes that are about to be stored.</summary>
    /// <exception cref="IOException">There is no room for them, in words. They count all the same until they are given back.</exception>
    public void Take(int bytes)
    {
        var after = Interlocked.Add(ref _taken, bytes);
        if ((after > Limit || after / Stride != (after - bytes) / Stride) && Refuse(0) is { } reason)
            throw new IOException(reason);
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
