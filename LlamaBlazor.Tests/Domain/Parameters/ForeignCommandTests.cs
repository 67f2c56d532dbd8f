using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>Commands as people copy them: with prompts, in terminals that stay, behind Start-Process, of container units.</summary>
public sealed class ForeignCommandTests
{
    private static readonly CommandLineParser Parser = new(ParameterCatalogue.Current, "/home/me");

    [Theory]
    [InlineData(@"Start-Process -FilePath 'C:\l\llama-server.exe' -ArgumentList '-m','C:\m\x.gguf','-c','4096' -NoNewWindow")]
    [InlineData(@"Start-Process -NoNewWindow -FilePath ""C:\l\llama-server.exe"" -ArgumentList ""-m C:\m\x.gguf -c 4096"" -Wait")]
    [InlineData(@"start-process C:\l\llama-server.exe -Args @('-m', 'C:\m\x.gguf', '-c', '4096') -WindowStyle Hidden")]
    [InlineData(@"saps C:\l\llama-server.exe ""-m"", ""C:\m\x.gguf"", ""-c"", ""4096""")]
    [InlineData(
        "Start-Process C:\\l\\llama-server.exe `\n  -ArgumentList '-m C:\\m\\x.gguf', '-c 4096' `\n  -RedirectStandardOutput log.txt"
    )]
    [InlineData("$list = @('-m', 'C:\\m\\x.gguf', '-c', '4096')\n$p = Start-Process llama-server -ArgumentList $list -PassThru")]
    [InlineData(@"C:\Users\u>llama-server.exe -m C:\m\x.gguf -c 4096")]
    [InlineData(@"(base) C:\Users\u> llama-server.exe -m ""C:\m\x.gguf"" -c 4096")]
    [InlineData("C:\\Users\\a b>cd \\l\n\nC:\\l>llama-server -m C:\\m\\x.gguf ^\n  -c 4096")]
    [InlineData(@"PS C:\Users\u> .\llama-server.exe -m C:\m\x.gguf -c 4096")]
    [InlineData("\ufeffllama-server.exe -m C:\\m\\x.gguf -c 4096")]
    public void CommandOfWindows_IsRead(string text) => AssertRead(text, @"C:\m\x.gguf");

    [Theory]
    [InlineData("tmux new -d -s l \"llama-server -m /m/x.gguf -c 4096\"")]
    [InlineData("tmux new-session -ds l -c /srv 'exec llama-server -m /m/x.gguf -c 4096'")]
    [InlineData("tmux new-window -n l -- llama-server -m /m/x.gguf -c 4096")]
    [InlineData("tmux send-keys -t l \"llama-server -m /m/x.gguf -c 4096\" C-m")]
    [InlineData("screen -dmS x bash -c 'llama-server -m /m/x.gguf -c 4096'")]
    [InlineData("screen -L -Logfile /tmp/l -S x -dm llama-server -m /m/x.gguf -c 4096")]
    [InlineData("dtach -n /tmp/sock llama-server -m /m/x.gguf -c 4096")]
    [InlineData("exec -a foo llama-server -m /m/x.gguf -c 4096")]
    [InlineData("exec -cl nice -n 5 llama-server -m /m/x.gguf -c 4096")]
    [InlineData("bash -c 'exec -a foo llama-server -m /m/x.gguf -c 4096'")]
    [InlineData("\ufeffllama-server -m /m/x.gguf -c 4096")]
    public void CommandOfATerminalThatStays_IsRead(string text) => AssertRead(text, "/m/x.gguf");

    [Fact]
    public void FolderOfAPrompt_IsWhereRelativePathsAreMeantFrom()
    {
        var parsed = Parser.Parse(@"C:\Users\u>llama-server.exe -m x.gguf");
        Assert.Equal((@"C:\Users\u", "x.gguf"), (parsed.Folder, parsed.Values["model_path"]));
        Assert.Contains(parsed.Ignored, note => note.Flag == @"C:\Users\u>");
        Assert.Equal(@"D:\w", Parser.Parse(@"Start-Process llama-server.exe '-m x.gguf' -WorkingDirectory 'D:\w'").Folder);
    }

    [Fact]
    public void NameOfAProcess_IsNoAlias() =>
        Assert.DoesNotContain("alias", Parser.Parse("exec -a foo llama-server -m /m/x.gguf").Values.Keys);

    [Theory]
    [InlineData("--lora-scaled /b.gguf 0.5", "lora_scaled", "/b.gguf:0.5")]
    [InlineData("--lora-scaled /b.gguf 0.5 --lora-scaled /c.gguf -1", "lora_scaled", "/b.gguf:0.5,/c.gguf:-1")]
    [InlineData("--control-vector-scaled /d.gguf 1.0", "control_vector_scaled", "/d.gguf:1.0")]
    [InlineData("--lora-scaled /b.gguf:0.5,/c.gguf:1", "lora_scaled", "/b.gguf:0.5,/c.gguf:1")]
    public void FileAndScale_OfOlderEngines_AreOneItem(string flags, string column, string expected)
    {
        var parsed = Parser.Parse($"llama-server -m /m/x.gguf {flags} -c 4096");
        Assert.Equal((expected, 4096L), (parsed.Values[column], parsed.Values["ctx_size"]));
        Assert.Empty(parsed.NotUnderstood);
    }

    [Theory]
    [InlineData("llama-server -m '/x.gguf -c 100", true)]
    [InlineData("llama-server -m /x.gguf -c 100\necho don't", false)]
    [InlineData("llama-server -m '/x.gguf' -c 100", false)]
    [InlineData("llama-server -m /x.gguf -c 100\nNOTE='later", false)]
    [InlineData("llama-server -m /x.gguf -c 100\ncd 'later", false)]
    [InlineData("llama-server -m /x.gguf\n-c 100 --alias 'later", true)]
    [InlineData("@echo off\nllama-server.exe -m \"C:\\x.gguf -c 5", true)]
    public void OpenQuote_OfTheCommand_IsKnown(string text, bool open) => Assert.Equal(open, Parser.Parse(text).OpenQuote is not null);

    [Theory]
    [InlineData("-m '/x.gguf -c 100", "'/x.gguf -c 100")]
    [InlineData("-m '/x.gguf' -c \"1\"", null)]
    public void OpenQuote_OfWords_IsFound(string text, string? expected) => Assert.Equal(expected, ShellWords.FindOpenQuote(text));

    [Fact]
    public void ContainerUnit_IsRead_AsPodmanRun()
    {
        const string Text = """
            [Unit]
            Description=a model
            [Container]
            Image=ghcr.io/ggml-org/llama.cpp:server
            Volume=%h/models:/models:Z
            Environment=LLAMA_ARG_CTX_SIZE=4096 "CUDA_VISIBLE_DEVICES=0,1"
            PublishPort=8080:8080
            AddDevice=nvidia.com/gpu=all
            AutoUpdate=registry
            Exec=-m /models/x.gguf \
              --temp 0.5
            [Install]
            WantedBy=default.target
            """;
        Assert.True(SystemdUnit.LooksLikeOne(Text));
        var (script, ignored, lost) = SystemdUnit.Read(Text);
        var parsed = Parser.Parse(script);
        Assert.Equal(
            ("/home/me/models/x.gguf", 4096L, 0.5),
            (parsed.Values["model_path"], parsed.Values["ctx_size"], parsed.Values["temperature"])
        );
        Assert.Equal(("ghcr.io/ggml-org/llama.cpp:server", "0,1"), (parsed.Image, parsed.Environment["CUDA_VISIBLE_DEVICES"]));
        Assert.Equal(["Description=a model", "AutoUpdate=registry", "WantedBy=default.target"], ignored.Select(flag => flag.Flag));
        Assert.Contains("-p 8080:8080", Assert.Single(parsed.Ignored).Flag);
        Assert.Empty(lost);
        Assert.Empty(parsed.NotUnderstood);
    }

    private static void AssertRead(string text, string path)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(path, parsed.Values.GetValueOrDefault("model_path"));
        Assert.Equal(4096L, parsed.Values.GetValueOrDefault("ctx_size"));
        Assert.True(ServerProgram.Is(parsed.Executable!), parsed.Executable);
        Assert.Empty(parsed.NotUnderstood);
        Assert.Empty(parsed.Custom);
    }
}
