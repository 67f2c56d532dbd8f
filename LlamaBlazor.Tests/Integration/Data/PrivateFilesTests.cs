using System.Runtime.Versioning;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>Nobody but its user enters the data folder or reads a file of it, whatever the umask is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewFolder_AndAllThatIsInIt_IsPrivate()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var app = new AppFixture();
        await app.InitializeAsync();
        using var backup = await app.Http.PostAsync("/api/database/backup", null);
        Assert.True(backup.IsSuccessStatusCode);
        var root = app.Folder.File("data");
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(root));
        var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("llama-dashboard.db", StringComparison.Ordinal));
        Assert.Contains(files, file => Path.GetDirectoryName(file)!.EndsWith("backups", StringComparison.Ordinal));
        Assert.All(files, file => Assert.True((File.GetUnixFileMode(file) & ~OwnerFile) == 0, $"{file}: {File.GetUnixFileMode(file)}"));
        Assert.All(
            Directory.GetDirectories(root, "*", SearchOption.AllDirectories),
            folder => Assert.Equal(OwnerFolder, File.GetUnixFileMode(folder))
        );
    }

    [Fact]
    public void Database_IsPrivate_FromItsFirstMoment()
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = _folder.File("new.db");
        using var connection = SqliteSetup.Open(path);
        SqliteSetup.Execute(connection, "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1);");
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            Assert.Equal(OwnerFile, File.GetUnixFileMode(file));
    }

    [Fact]
    public void FolderOfAnOlderVersion_IsTightened_LinksAside()
    {
        if (OperatingSystem.IsWindows())
            return;
        var root = _folder.File("old");
        var elsewhere = _folder.File("elsewhere.txt");
        var open = UnixFileMode.GroupRead | UnixFileMode.OtherRead | OwnerFile;
        foreach (var folder in new[] { root, Path.Combine(root, "keys"), Path.Combine(root, "backups"), Path.Combine(root, "logs") })
            Directory.CreateDirectory(
                folder,
                OwnerFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
            );
        string[] ours =
        [
            Path.Combine(root, "llama-dashboard.db"),
            Path.Combine(root, "llama-dashboard.db-wal"),
            Path.Combine(root, "keys", "key-1.xml"),
            Path.Combine(root, "backups", "llama-dashboard-daily-20260101-000000000.db"),
            Path.Combine(root, "logs", "llamablazor-2026-01-01.00001.log"),
        ];
        foreach (var file in ours.Append(elsewhere).Append(Path.Combine(root, "notes of the user.txt")))
        {
            File.WriteAllText(file, "");
            File.SetUnixFileMode(file, open);
        }

        File.CreateSymbolicLink(Path.Combine(root, "logs", "linked.log"), elsewhere);
        using var opened = DataFolder.Open(root);
        Assert.All(Directory.GetDirectories(root).Append(root), folder => Assert.Equal(OwnerFolder, File.GetUnixFileMode(folder)));
        Assert.All(ours, file => Assert.Equal(OwnerFile, File.GetUnixFileMode(file)));
        Assert.Equal(open, File.GetUnixFileMode(elsewhere));
    }
}
