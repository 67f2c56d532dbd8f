using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Tests.Integration.Shell;

public sealed class FolderContentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_ListsFoldersFirst_AndNoHiddenOnes()
    {
        Directory.CreateDirectory(_folder.File("zoo"));
        File.WriteAllText(_folder.File("A <b>.gguf"), "12345");
        File.WriteAllText(_folder.File(".hidden"), "");
        var read = FolderContents.Read(_folder.Path, files: true).Value;
        Assert.Equal([("zoo", true, 0), ("A <b>.gguf", false, 5)], read.Entries.Select(entry => (entry.Name, entry.IsFolder, entry.Bytes)));
        Assert.Equal(Path.GetDirectoryName(_folder.Path), read.Parent);
        Assert.Equal("zoo", Assert.Single(FolderContents.Read(_folder.Path, files: false).Value.Entries).Name);
    }

    [Fact]
    public void Extension_LeavesOtherFilesOut()
    {
        Directory.CreateDirectory(_folder.File("folder"));
        foreach (var name in new[] { "a.gguf", "B.GGUF", "notes.txt", "c.gguf.part" })
            File.WriteAllText(_folder.File(name), "");
        Assert.Equal(
            ["folder", "a.gguf", "B.GGUF"],
            FolderContents.Read(_folder.Path, files: true, ".gguf").Value.Entries.Select(entry => entry.Name)
        );
    }

    [Theory]
    [InlineData("file.gguf")]
    [InlineData("gone/deeper/file.gguf")]
    public void PathThatIsNoFolder_OpensTheNearestOne(string name)
    {
        File.WriteAllText(_folder.File("file.gguf"), "");
        Assert.Equal(_folder.Path, FolderContents.Read(_folder.File(name), files: true).Value.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative/path")]
    public void NoPath_OpensTheUsersFolder(string path) => Assert.True(Directory.Exists(FolderContents.Read(path, files: true).Value.Path));

    [Fact]
    public void HugeFolder_IsCutOff()
    {
        for (var i = 0; i <= FolderContents.Bound; i++)
            File.WriteAllText(_folder.File($"{i}.txt"), "");
        var read = FolderContents.Read(_folder.Path, files: true).Value;
        Assert.Equal((FolderContents.Bound, true), (read.Entries.Count, read.More));
    }
}
