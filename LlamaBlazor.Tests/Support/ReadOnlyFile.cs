namespace LlamaBlazor.Tests.Support;

/// <summary>Makes a file read-only for everybody, root included: it is mounted over itself. Needs the right to mount
/// (<see cref="SmallDiskFactAttribute"/>).</summary>
public sealed class ReadOnlyFile : IDisposable
{
    private readonly string _path;

    public ReadOnlyFile(string path)
    {
        _path = path;
        SmallDisk.Run("mount", "--bind", path, path);
        SmallDisk.Run("mount", "-o", "remount,bind,ro", path);
    }

    public void Dispose() => SmallDisk.Run("umount", "-l", _path);
}
