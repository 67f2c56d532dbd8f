using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Tests.Domain.Maintenance;

public sealed class UploadChoiceTests
{
    [Theory]
    [InlineData("old.db", "old.db")]
    [InlineData("old.db-wal,old.db", "old.db,-wal")]
    [InlineData("old.db-shm,old.db,old.db-wal", "old.db,-wal")]
    [InlineData("old.db,old.db-journal", "old.db,-journal")]
    [InlineData("dump.sql", "dump.sql")]
    public void Database_AndItsJournals_AreToldApart(string names, string expected)
    {
        var files = names.Split(',');
        var choice = UploadChoice.Of(files).Value;
        Assert.Equal(expected, string.Join(',', choice.Journals.Select(journal => journal.Suffix).Prepend(files[choice.Main])));
        Assert.All(choice.Journals, journal => Assert.Equal(files[choice.Main] + journal.Suffix, files[journal.Place]));
    }

    [Theory]
    [InlineData("a.db,b.db", "these are several")]
    [InlineData("a.db-wal", "none of these is a database")]
    [InlineData("a.db-shm", "none of these is a database")]
    [InlineData("a.db,b.db-wal", "b.db-wal does not belong to a.db. Choose a.db-wal")]
    public void AnythingElse_IsRefused_WithWhatToChoose(string names, string words) =>
        Assert.Contains(words, UploadChoice.Of(names.Split(',')).Failure!.Errors!["file"][0]);

    [Fact]
    public void Head_TellsOfAWriteAheadLog()
    {
        var head = new byte[UploadChoice.HeadLength];
        "SQLite format 3\0"u8.CopyTo(head);
        Assert.False(UploadChoice.IsWriteAhead(head));
        (head[18], head[19]) = (2, 2);
        Assert.True(UploadChoice.IsWriteAhead(head));
        Assert.False(UploadChoice.IsWriteAhead(head.AsSpan(0, 19)));
        head[0] = (byte)'X';
        Assert.False(UploadChoice.IsWriteAhead(head));
    }
}
