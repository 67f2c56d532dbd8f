using System.Runtime.InteropServices;
using System.Text;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Tells whether two paths are one file, also through hard links and mounts that show a folder in a second place: on Linux by device and
/// inode, elsewhere
/// by the path without links.
/// </summary>
internal static class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint InodeWanted = 0x100;
    private const int ResultSize = 256; // struct statx, the same on every processor (linux/stat.h)

    /// <summary>What two paths have in common exactly where they are one file.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path) => (OperatingSystem.IsLinux() ? Inode(path) : null) ?? RealPath.Of(path);

    private static string? Inode(string path)
    {
        try
        {
            var result = new byte[ResultSize];
            if (statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, InodeWanted, result) != 0)
                return null;
            var inode = BitConverter.ToUInt64(result, 32);
            return inode == 0 ? null : $"{BitConverter.ToUInt32(result, 136)}:{BitConverter.ToUInt32(result, 140)}:{inode}";
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return null; // a libc without statx
        }
    }

#pragma warning disable IDE1006, SA1300 // name of the library
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] result);
#pragma warning restore IDE1006, SA1300
}
