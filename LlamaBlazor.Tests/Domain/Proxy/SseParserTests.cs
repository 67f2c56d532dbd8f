using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class SseParserTests
{
    private const string Sample =
        ": hello\r\nevent: x\r\ndata: one\r\n\r\ndata:two\ndata: lines\n\nid: 7\rdata: ünï\r\r\n\ndata\n\ndata:\n\ndata: [DONE]\n\n";
    private static readonly string[] Expected = ["one", "two\nlines", "ünï", "", "[DONE]"];

    [Fact]
    public void Events_SplitAtEveryByte_AreTheSame()
    {
        var bytes = Encoding.UTF8.GetBytes(Sample);
        for (var at = 0; at <= bytes.Length; at++)
            Assert.Equal(Expected, Parse([bytes[..at], bytes[at..]]));
    }

    [Fact]
    public void Events_InSingleBytes_AreTheSame() => Assert.Equal(Expected, Parse(Encoding.UTF8.GetBytes(Sample).Select(b => new[] { b })));

    [Fact]
    public void Events_SplitAnywhere_AreTheSame() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                ArbMap.Default.ArbFor<PositiveInt>(),
                (noise, size) =>
                {
                    // Any bytes at all, with line ends and fields mixed in so that events appear.
                    byte[] bytes =
                    [
                        .. noise.SelectMany(b =>
                            b % 7 == 0 ? "\r\n"u8.ToArray()
                            : b % 5 == 0 ? "data: "u8.ToArray()
                            : b % 3 == 0 ? "\n\n"u8.ToArray()
                            : [b]
                        ),
                    ];
                    return Parse([bytes]).SequenceEqual(Parse(bytes.Chunk(size.Get)));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void SkippedEvent_IsTold_UntilTheNextOneIsRead()
    {
        var parser = new SseParser(_ => { }, limit: 10);
        parser.Feed("data: short\n\ndata: much too long\n\n"u8);
        Assert.True(parser.LastWasSkipped);
        parser.Feed(": comment\n\n"u8);
        Assert.True(parser.LastWasSkipped);
        parser.Feed("data: a\n\n"u8);
        Assert.False(parser.LastWasSkipped);
    }

    [Fact]
    public void Event_OverTheLimit_IsSkippedAndTheNextIsRead()
    {
        var events = new List<string>();
        var parser = new SseParser(data => events.Add(Encoding.UTF8.GetString(data)), limit: 1000);
        parser.Feed("data: "u8);
        for (var i = 0; i < 1000; i++)
            parser.Feed("0123456789"u8);
        parser.Feed("\n\ndata: after\n\n"u8);
        Assert.Equal(["after"], events);
    }

    [Fact]
    public void Event_WithoutEmptyLineAtTheEnd_Counts() => Assert.Equal(["last"], Parse(["data: last"u8.ToArray()]));

    [Fact]
    public void ByteOrderMark_IsIgnored() => Assert.Equal(["x"], Parse(["\uFEFFdata: x\n\n"u8.ToArray()]));

    private static List<string> Parse(IEnumerable<byte[]> parts)
    {
        var events = new List<string>();
        var parser = new SseParser(data => events.Add(Encoding.UTF8.GetString(data)));
        foreach (var part in parts)
            parser.Feed(part);
        parser.Complete();
        return events;
    }
}
