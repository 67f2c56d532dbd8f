using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>The bytes of tables and indexes are those of the file, to the page.</summary>
public sealed class BTreeSizesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllTrees_AndFreePages_MakeTheFile()
    {
        using var connection = SqliteSetup.Open(_folder.File("sizes.db"));
        SqliteSetup.Execute(
            connection,
            """
            PRAGMA auto_vacuum=NONE; PRAGMA journal_mode=WAL;
            CREATE TABLE small(a); CREATE TABLE long(id INTEGER PRIMARY KEY, text); CREATE INDEX long_text ON long(text);
            CREATE TABLE keyed(a TEXT PRIMARY KEY, b) WITHOUT ROWID;
            INSERT INTO small VALUES (1);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            INSERT INTO long SELECT i, hex(randomblob(CASE WHEN i % 10 = 0 THEN 9000 ELSE 20 END)) FROM n;
            INSERT INTO keyed SELECT hex(randomblob(300)), text FROM long WHERE id % 20 = 1;
            DELETE FROM long WHERE id < 300;
            """
        );
        var sizes = BTreeSizes.Read(connection);
        var page = (long)SqliteSetup.Scalar(connection, "PRAGMA page_size")!;
        var free = (long)SqliteSetup.Scalar(connection, "PRAGMA freelist_count")!;
        Assert.Equal((long)SqliteSetup.Scalar(connection, "PRAGMA page_count")!, (sizes.Sum(tree => tree.Bytes) / page) + free);
        Assert.NotEqual(0, free);
        Assert.Equal(page, sizes.Single(tree => tree.Name == "small").Bytes);
        Assert.InRange(sizes.Single(tree => tree.Name == "long").Bytes, 270 * 18_000, 300 * 24_576 + 3000 * 60);
        Assert.Equal(["keyed", "long", "long", "small", "sqlite_master"], sizes.Select(tree => tree.Table).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FileThatIsNone_IsSaid()
    {
        using var connection = SqliteSetup.Open(":memory:");
        Assert.Throws<InvalidDataException>(() => BTreeSizes.Read(connection));
    }
}
