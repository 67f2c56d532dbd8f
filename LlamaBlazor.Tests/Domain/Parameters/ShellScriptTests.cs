using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>Pasted scripts: their variables, wrappers, quotes and comments.</summary>
public sealed class ShellScriptTests
{
    private static readonly CommandLineParser Parser = new(ParameterCatalogue.Current, "/home/me");

    [Theory]
    [InlineData("MODEL=/m/x.gguf\nllama-server -m $MODEL -c 4096")]
    [InlineData("export DIR=\"/m\"\nllama-server -m \"${DIR}/x.gguf\" -c 4096")]
    [InlineData("DIR=/m; FILE=${FILE:-x.gguf}\n./llama-server -m \"$DIR/$FILE\" -c ${CTX:-4096}")]
    [InlineData("ARGS=(-m \"/m/x.gguf\" -c 1)\nARGS+=(-c 4096)\nllama-server \"${ARGS[@]}\"")]
    [InlineData("OPTS=\"-m /m/x.gguf\"\nOPTS=\"$OPTS -c 4096\"\nexec llama-server $OPTS")]
    [InlineData("cd /m\nllama-server -m /m/x.gguf \\\n  # a note\n  -c 4096")]
    [InlineData("llama-server \\\n  -m /m/x.gguf \\ \n  -c 4096")]
    [InlineData("bash -c \"llama-server -m /m/x.gguf -c 4096\"")]
    [InlineData("sudo systemd-run --user --scope -p MemoryMax=8G -- llama-server -m /m/x.gguf -c 4096")]
    [InlineData("flatpak run --command=llama-server org.example.App -m /m/x.gguf -c 4096")]
    [InlineData("distrobox enter box -- llama-server -m /m/x.gguf -c 4096")]
    [InlineData("stdbuf -oL ionice -c 2 -n 0 nice -n 5 numactl -N 0 -m 0 llama-server -m /m/x.gguf -c 4096 | tee log.txt")]
    [InlineData("timeout 10s taskset 0xff /opt/llama-server-exp -m /m/x.gguf -c 4096 > out.log 2>&1 &")]
    [InlineData("llama serve -m /m/x.gguf -c 4096")]
    [InlineData("$model = '/m/x.gguf'\n$n = 4096\n& llama-server -m $model -c \"$n\"")]
    [InlineData("$env:DIR = \"/m\"\nllama-server.exe -m \"$env:DIR/x.gguf\" `\n  -c 4096")]
    [InlineData("$list = @('-m', '/m/x.gguf', '-c', '4096')\n& llama-server @list")]
    [InlineData("@echo off\nset DIR=/m\nset \"CTX=4096\"\nllama-server.exe -m \"%DIR%/x.gguf\" -c %CTX%")]
    [InlineData("start \"a title\" /MIN cmd /k \"llama-server.exe -m /m/x.gguf -c 4096\"")]
    [InlineData("if [ -f /m/x.gguf ]; then\n  llama-server -m /m/x.gguf -c 4096\nfi")]
    public void Script_IsRead(string text)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(("/m/x.gguf", 4096L), (parsed.Values.GetValueOrDefault("model_path"), parsed.Values.GetValueOrDefault("ctx_size")));
        Assert.Empty(parsed.NotUnderstood);
    }

    [Theory]
    [InlineData("llama-server -m $MODEL -c 1", "$MODEL", "model_path")]
    [InlineData("llama-server -m /m/x.gguf -c $CTX", "-c $CTX", "ctx_size")]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc)", "-t $(nproc)", "threads")]
    [InlineData("llama-server -m /m/x.gguf -t `nproc --all`", "-t `nproc --all`", "threads")]
    [InlineData("llama-server -m /m/x.gguf --alias \"a-$NAME\"", "--alias a-$NAME", "alias")]
    [InlineData("llama-server -m \"$(dirname \"$0\")/x.gguf\"", "$(dirname \"$0\")/x.gguf", "model_path")]
    [InlineData("@echo off\nllama-server.exe -m %1 -c 5", "%1", "model_path")]
    [InlineData("@echo off\nllama-server.exe -m %MODEL% -c 5", "%MODEL%", "model_path")]
    [InlineData("& llama-server -m $model -c 5", "$model", "model_path")]
    public void WhatOnlyAShellKnows_IsReported_AndSetsNothing(string text, string token, string field)
    {
        var parsed = Parser.Parse(text);
        Assert.Contains(parsed.NotUnderstood, word => word.Token == token && word.Field == field);
        Assert.DoesNotContain(field, parsed.Values.Keys);
    }

    [Theory]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc)", 12)]
    [InlineData("llama-server -m /m/x.gguf -t \"$(nproc --all)\"", 12)]
    [InlineData("llama-server -m /m/x.gguf --threads=`nproc`", 12)]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc --ignore=2)", 10)]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc --ignore 20)", 1)]
    [InlineData("llama-server -m /m/x.gguf -t $(( $(nproc) / 2 ))", 6)]
    [InlineData("llama-server -m /m/x.gguf -t $(($(nproc)-1))", 11)]
    [InlineData("llama-server -m /m/x.gguf -t $(getconf _NPROCESSORS_ONLN)", 12)]
    [InlineData("llama-server -m /m/x.gguf -t $(sysctl -n hw.ncpu)", 12)]
    [InlineData("T=$(nproc)\nllama-server -m /m/x.gguf -t $T", 12)]
    [InlineData("LLAMA_ARG_THREADS=$(nproc) llama-server -m /m/x.gguf", 12)]
    [InlineData("export LLAMA_ARG_THREADS=$(nproc)\nllama-server -m /m/x.gguf", 12)]
    [InlineData("docker run -e LLAMA_ARG_THREADS=$(nproc) ghcr.io/ggml-org/llama.cpp:server -m /m/x.gguf", 12)]
    [InlineData("@echo off\nllama-server.exe -m C:\\x.gguf -t %NUMBER_OF_PROCESSORS%", 12)]
    [InlineData("& llama-server -m x.gguf -t $env:NUMBER_OF_PROCESSORS", 12)]
    public void NumberOfProcessors_IsThisMachines_AndSaid(string text, long threads)
    {
        var parsed = new CommandLineParser(ParameterCatalogue.Current, "/home/me", 12).Parse(text);
        Assert.Equal(threads, parsed.Values.GetValueOrDefault("threads"));
        Assert.Contains(parsed.Ignored, note => note.Reason.StartsWith($"Taken as {threads}: this machine has 12 processors"));
        Assert.DoesNotContain(parsed.NotUnderstood, word => word.Field == "threads");
    }

    [Theory]
    [InlineData("llama-server -m /m/x.gguf --alias m-$(nproc)", "alias")]
    [InlineData("llama-server -m /m/x.gguf --alias $(nproc)", "alias")]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc; rm -rf x)", "threads")]
    [InlineData("llama-server -m /m/x.gguf -t $(( $(nproc) / 0 ))", "threads")]
    [InlineData("llama-server -m /m/x.gguf -t $(($(nproc) ** 2))", "threads")]
    [InlineData("llama-server -m /m/x.gguf -t $(nproc)0", "threads")]
    public void WhatIsNoNumberOfProcessors_StaysUnknown(string text, string field)
    {
        var parsed = new CommandLineParser(ParameterCatalogue.Current, "/home/me", 12).Parse(text);
        Assert.Contains(parsed.NotUnderstood, word => word.Field == field);
        Assert.DoesNotContain(field, parsed.Values.Keys);
    }

    [Theory]
    [InlineData("C:\\l\\llama-server.exe -m C:\\m\\x.gguf --chat-template-kwargs \"{\\\"a\\\":1}\" -c 5")]
    [InlineData("C:\\l\\llama-server.exe -m C:\\m\\x.gguf --chat-template-kwargs {\\\"a\\\":1} -c 5")]
    [InlineData("C:\\l\\llama-server.exe -m C:\\m\\x.gguf --chat-template-kwargs '{\\\"a\\\":1}' -c 5")]
    [InlineData("& llama-server -m C:\\m\\x.gguf --chat-template-kwargs '{\"a\":1}' -c 5")]
    [InlineData("llama-server -m C:\\m\\x.gguf --chat-template-kwargs \"{`\"a`\":1}\" -c 5")]
    [InlineData("llama-server -m m\\x.gguf --chat-template-kwargs \"{\"\"a\"\":1}\" -c 5")]
    [InlineData("@echo off\nllama-server -m C:\\m\\x.gguf --chat-template-kwargs \"{\\\"a\\\":1}\" ^\n -c 5")]
    [InlineData("llama-server -m /m/x.gguf --chat-template-kwargs '{\"a\":1}' -c 5")]
    [InlineData("llama-server -m /m/x.gguf --chat-template-kwargs \"{\\\"a\\\":1}\" -c 5")]
    [InlineData("llama-server -m /m/x.gguf --chat-template-kwargs \"'{\\\"a\\\":1}'\" -c 5")]
    public void Json_OfEachShell_IsTheSame(string text)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(("""{"a":1}""", 5L), (parsed.Values["chat_template_kwargs"], parsed.Values["ctx_size"]));
        Assert.EndsWith("x.gguf", (string)parsed.Values["model_path"]);
    }

    [Theory]
    [InlineData("llama-server -m build\\models\\new.gguf -c 5", "build\\models\\new.gguf")]
    [InlineData("C:\\llama\\llama-server -m \"C:\\my models\\n x.gguf\" -c 5", "C:\\my models\\n x.gguf")]
    [InlineData("C:\\llama\\llama-server -m \\\\nas\\share\\x.gguf --path \"C:\\www\\\" -c 5", "\\\\nas\\share\\x.gguf")]
    [InlineData("llama-server -m my\\ model.gguf -c 5", "my model.gguf")]
    public void PathOfWindows_KeepsItsBackslashes(string text, string path)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal((path, 5L), (parsed.Values["model_path"], parsed.Values["ctx_size"]));
    }

    [Fact]
    public void EverythingElse_IsReported()
    {
        var parsed = Parser.Parse(
            "#!/bin/sh\nFOO=bar\nexport CUDA_VISIBLE_DEVICES=1\necho starting\n"
                + "llama-server -m /m/x.gguf # was: --temp 0.2\nllama-server -m /m/y.gguf\n"
        );
        Assert.Equal(["FOO=…", "llama-server -m /m/y.gguf"], parsed.NotUnderstood.Select(word => word.Token));
        Assert.Equal(["echo starting", "--temp"], parsed.Ignored.Select(flag => flag.Flag));
        Assert.Equal("1", parsed.Environment["CUDA_VISIBLE_DEVICES"]);
        Assert.Equal(["model_path"], parsed.Values.Keys);
    }

    [Theory]
    [InlineData("llama-server -m /m/x.gguf --alias 'open -c 5\n--temp 1", "'open -c 5")]
    [InlineData("llama-server -m \"/m/x.gguf", "\"/m/x.gguf")]
    [InlineData("@echo off\nllama-server.exe -m \"C:\\x.gguf", "\"C:\\x.gguf")]
    public void OpenQuote_IsSaid(string text, string token) =>
        Assert.Contains(
            Parser.Parse(text).NotUnderstood,
            word => word.Token.StartsWith(token, StringComparison.Ordinal) && word.Reason.Contains("not closed")
        );

    [Fact]
    public void TextThatGrows_EndsAtItsBound()
    {
        var laughs = string.Concat(Enumerable.Range(0, 30).Select(i => $"A{i + 1}=\"$A{i}$A{i}$A{i}$A{i}\"\n"));
        Assert.Contains(
            Parser.Parse("A0=xxxxxxxxxx\n" + laughs + "llama-server -m $A30").NotUnderstood,
            word => word.Reason.Contains("was read up to")
        );
        Assert.Contains(
            Parser.Parse("llama-server " + string.Concat(Enumerable.Repeat("--lora a ", 100_000))).NotUnderstood,
            word => word.Reason.Contains("was read up to")
        );
        Assert.Contains(
            Parser.Parse("llama-server -m ${A:-" + string.Concat(Enumerable.Repeat("${A:-", 100_000))).NotUnderstood,
            word => word.Field == "model_path"
        );
    }

    [Theory]
    [InlineData(
        "--spec-type ngram-mod --draft-max 64 --draft-min 48 --spec-ngram-size-n 24",
        "spec_ngram_mod_n_match=24 spec_ngram_mod_n_max=64 spec_ngram_mod_n_min=48"
    )]
    [InlineData("--draft-max 64 --spec-type ngram-mod", "spec_ngram_mod_n_max=64")]
    [InlineData(
        "--spec-type ngram-map-k --spec-ngram-size-n 5 --spec-ngram-size-m 6 --spec-ngram-min-hits 2",
        "spec_ngram_map_k_min_hits=2 spec_ngram_map_k_size_m=6 spec_ngram_map_k_size_n=5"
    )]
    [InlineData("--spec-type draft-mtp,ngram-mod --draft-max 8", "draft_max=8 spec_ngram_mod_n_max=8")]
    [InlineData("--spec-type ngram-simple --spec-ngram-size-n 5", "spec_ngram_simple_size_n=5")]
    [InlineData("--spec-ngram-size-n 5 --draft 4", "draft_max=4 spec_ngram_simple_size_n=5")]
    [InlineData("--spec-type ngram-mod --draft-max 8 --spec-ngram-mod-n-max 9", "spec_ngram_mod_n_max=9")]
    public void RemovedFlag_GoesToTheMethodItMeant(string flags, string expected)
    {
        var parsed = Parser.Parse("llama-server " + flags);
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                parsed
                    .Values.Where(pair => pair.Key != "spec_type")
                    .Select(pair => $"{pair.Key}={pair.Value}")
                    .Order(StringComparer.Ordinal)
            )
        );
    }

    [Fact]
    public void RemovedFlag_WithoutAnHeir_IsReported() =>
        Assert.Equal(
            "--draft-max 8",
            Assert.Single(Parser.Parse("llama-server --spec-type ngram-simple --draft-max 8").NotUnderstood).Token
        );

    [Fact]
    public void Unit_IsRead_AsItsScript()
    {
        var (script, ignored, lost) = SystemdUnit.Read(
            """
            [Unit]
            Description=a model
            [Service]
            User=llama
            Environment="LLAMA_ARG_CTX_SIZE=4096" CUDA_VISIBLE_DEVICES=0
            EnvironmentFile=/etc/llama.env
            WorkingDirectory=/srv
            ExecStart=/usr/bin/llama-server \
              -m %h/x.gguf --alias %i \
              --temp 0.5
            Restart=on-failure
            """
        );
        var parsed = Parser.Parse(script);
        Assert.Equal(
            ("/home/me/x.gguf", 4096L, 0.5),
            (parsed.Values["model_path"], parsed.Values["ctx_size"], parsed.Values["temperature"])
        );
        Assert.Equal(
            ("/usr/bin/llama-server", "/srv", "0"),
            (parsed.Executable, parsed.Folder, parsed.Environment["CUDA_VISIBLE_DEVICES"])
        );
        Assert.Equal(["--alias $(systemd %i)"], parsed.NotUnderstood.Select(word => word.Token));
        Assert.Equal(["Description=a model", "User=llama", "Restart=on-failure"], ignored.Select(flag => flag.Flag));
        Assert.Equal(["EnvironmentFile=/etc/llama.env"], lost.Select(word => word.Token));
    }
}
