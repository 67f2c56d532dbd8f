using System.Text.Json;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

/// <summary>What engines tell of streams that can be gone on with, and what clients ask.</summary>
public sealed class StreamSessionTests
{
    [Fact]
    public void Entries_AreRead_AndOthersLeftOut()
    {
        var entry = """{"conversation_id":"a::m","is_done":true,"total_bytes":7,"started_at":100,"completed_at":101}""";
        const string Others =
            """1, {}, {"conversation_id":1,"is_done":true,"started_at":1}, {"conversation_id":"b","is_done":false,"started_at":"x"}""";
        var read = Read($"[{entry}, {Others}]");
        var one = Assert.Single(read);
        Assert.Equal(("a::m", true, 100L, entry), (one.ConversationId, one.IsDone, one.StartedAt, one.Entry.GetRawText()));
        Assert.Empty(Read("{}"));
        Assert.Empty(Read("null"));
    }

    [Theory]
    [InlineData(200, true, 100, false, true)]
    [InlineData(100, false, 200, true, false)]
    [InlineData(100, false, 100, true, true)]
    [InlineData(100, true, 100, false, false)]
    public void Newer_IsTheOneThatIsMeant(long at, bool done, long otherAt, bool otherDone, bool newer) =>
        Assert.Equal(newer, Stream(at, done).IsNewerThan(Stream(otherAt, otherDone)));

    [Theory]
    [InlineData("""{"conversation_ids":["a","","b","a",1,null]}""", "a,b")]
    [InlineData("""{"conversation_ids":"a"}""", "")]
    [InlineData("""{}""", "")]
    [InlineData("""[]""", "")]
    [InlineData("""{"conversation_ids":["\ud800","a"]}""", "a")]
    public void Ids_AreRead(string body, string expected) =>
        Assert.Equal(expected, string.Join(',', StreamSession.IdsOf(JsonDocument.Parse(body).RootElement)!));

    [Theory]
    [InlineData(StreamSession.MaxIds, true)]
    [InlineData(StreamSession.MaxIds + 1, false)]
    public void Ids_AreBounded(int count, bool taken)
    {
        var body = JsonSerializer.SerializeToElement(new { conversation_ids = Enumerable.Range(0, count).Select(i => $"c{i}") });
        Assert.Equal(taken, StreamSession.IdsOf(body) is not null);
    }

    [Theory]
    [InlineData("//V1/STREAM/Conv::A/", "/v1/stream/Conv::A")]
    [InlineData("/v1/Streams/LOOKUP/", "/v1/streams/lookup")]
    public void Paths_HaveOneWay_AndTheIdKeepsItsCase(string path, string expected) => Assert.Equal(expected, RouteTable.Canonical(path));

    private static StreamSession Stream(long at, bool done) => new("c", done, at, default);

    private static IReadOnlyList<StreamSession> Read(string json) => StreamSession.Read(JsonDocument.Parse(json).RootElement);
}
