using System.Runtime.InteropServices;
using System.Text;

namespace LlamaBlazor.Web.Settings;

/// <summary>What a file is, and whether others than this user and the administrator could have written it: by its owner, its bits, its
/// folder.</summary>
internal static class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint Wanted = 0x1 | 0x8; // STATX_TYPE, STATX_UID
    private const int ResultSize = 256; // struct statx, the same on every processor (linux/stat.h)
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>False for a pipe, socket or device; true also where the system does not tell.</summary>
    /// <param name="path">A path.</param>
    public static bool IsRegular(string path) => Look(path) is not var (_, mode) || (mode & KindMask) == RegularFile;

    /// <summary>Who else could have, in words; null where nobody could, or where the system does not tell.</summary>
    /// <param name="path">A file or folder, without links.</param>
    /// <param name="withFolder">Whether the folder it is in counts as well.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static string? Stranger(string path, bool withFolder)
    {
        if (OperatingSystem.IsWindows())
            return null;
        string[] places = withFolder && Path.GetDirectoryName(path) is { } folder ? [path, folder] : [path];
        foreach (var place in places)
        {
            if ((File.GetUnixFileMode(place) & UnixFileMode.OtherWrite) != 0)
                return $"everybody may write {place}";
            if (Look(place) is var (owner, _) && owner != 0 && owner != geteuid())
                return $"{place} belongs to another user";
        }

        return null;
    }

    private static (uint Owner, ushort Mode)? Look(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var result = new byte[ResultSize];
            return statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, Wanted, result) == 0
                ? (BitConverter.ToUInt32(result, OwnerOffset), BitConverter.ToUInt16(result, ModeOffset))
                : null;
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return null; // a libc without statx
        }
    }

#pragma warning disable IDE1006, SA1300 // names of the library
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] result);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
#pragma warning restore IDE1006, SA1300
}
