using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Tests.Domain.Logs;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("I srv  load_model: loading", "info", "srv  load_model: loading")]
    [InlineData("W load: special tokens", "warn", "load: special tokens")]
    [InlineData("0.00.123.456 E srv  main: exiting due to model loading error", "error", "srv  main: exiting due to model loading error")]
    [InlineData("12.34.123.456 D slot update", "debug", "slot update")]
    [InlineData("llama_model_load: error loading model: tensor", "error", "llama_model_load: error loading model: tensor")]
    [InlineData("warning: no usable GPU found", "warn", "warning: no usable GPU found")]
    [InlineData("main: server is listening on http://127.0.0.1:8080", "info", "main: server is listening on http://127.0.0.1:8080")]
    [InlineData("the model tolerates terrors", "info", "the model tolerates terrors")]
    [InlineData("", "info", "")]
    public void EngineLine_IsRead(string line, string level, string message) => Assert.Equal((level, message), LlamaLogParser.Parse(line));

    [Fact]
    public void Colours_AreRuns_AndOtherSequencesGo()
    {
        var runs = AnsiText.Parse("\u001b[32mI \u001b[0msrv \u001b[1;31mbad\u001b[0m\u001b]0;title\a!\u001b[2K\u0007");
        Assert.Equal([new AnsiRun("I ", "green", false), new("srv ", null, false), new("bad", "red", true), new("!", null, false)], runs);
        Assert.Equal("I srv bad!", AnsiText.Strip("\u001b[32mI \u001b[0msrv \u001b[1;31mbad\u001b[0m\u001b]0;title\a!\u001b[2K\u0007"));
    }

    [Fact]
    public void ColoursOfManyShades_AreLeftOut_AndDoNotSpillOver() =>
        Assert.Equal(
            [new AnsiRun("a", null, false), new("b", "red", true), new("c", null, false)],
            AnsiText.Parse("\u001b[38;5;1ma\u001b[48;2;1;31;1;31;1mb\u001b[0;38;2;31;1;1mc")
        );

    [Theory]
    [InlineData("plain\ttext", "plain\ttext")]
    [InlineData("\u001b", "")]
    [InlineData("a\u001b[", "a")]
    [InlineData("a\u001b[31", "a")]
    [InlineData("a\u001b]no end", "a")]
    [InlineData("a\r\nb\0", "ab")]
    public void CutOffSequences_AreRemoved(string text, string expected) => Assert.Equal(expected, AnsiText.Strip(text));

    [Fact]
    public void Filter_NamesEveryBadWord()
    {
        var failure = LogFilter.Create("loud", null, "/(/").Failure;
        Assert.Equal(["level", "q"], failure!.Errors!.Keys.Order());
        Assert.NotNull(LogFilter.Create(null, null, new string('x', 501)).Failure);
    }

    [Fact]
    public void Filter_Matches_LevelSourceTextAndPattern()
    {
        var entry = new LogEntry
        {
            Timestamp = 5,
            Level = "warn",
            Source = "api",
            Message = "Slot 42 is busy",
        };
        Assert.True(LogFilter.Create("warn", "api", "sLOT 4").Value.Matches(entry));
        Assert.True(LogFilter.Create("debug", "", @"/slot \d+ is/").Value.Matches(entry));
        Assert.False(LogFilter.Create("error", null, null).Value.Matches(entry));
        Assert.False(LogFilter.Create(null, "router", null).Value.Matches(entry));
        Assert.False(LogFilter.Create(null, null, "/^is/").Value.Matches(entry));
        Assert.False((new LogFilter { Since = 6 }).Matches(entry));
    }

    [Fact]
    public void Ring_GivesTheNewestThatMatch_OldestFirst()
    {
        var ring = new LogRing();
        for (var i = 0; i < LogRing.Bound + 10; i++)
            ring.Add(
                new LogEntry
                {
                    Timestamp = i,
                    Level = i % 2 == 0 ? "info" : "error",
                    Source = "server",
                    Message = $"{i}",
                }
            );
        var newest = ring.Newest(2, new LogFilter { Level = "error" });
        Assert.Equal([$"{LogRing.Bound + 7}", $"{LogRing.Bound + 9}"], newest.Select(entry => entry.Message));
        Assert.Equal(LogRing.Bound, ring.Newest(int.MaxValue, new LogFilter()).Count);
        Assert.Equal(LogRing.Bound + 10, newest[1].Sequence);
    }
}
