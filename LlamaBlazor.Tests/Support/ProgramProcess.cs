using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Support;

/// <summary>The built program as a process of its own, for tests of its death.</summary>
public sealed class ProgramProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = []; // what it said, for the message of a failing test

    public ProgramProcess(string data, params string[] arguments)
        : this(data, new SocketsHttpHandler(), arguments) { }

    public ProgramProcess(string data, HttpMessageHandler handler, params string[] arguments)
        : this(data, handler, (program, line) => (program, line), arguments) { }

    private ProgramProcess(
        string data,
        HttpMessageHandler handler,
        Func<string, IReadOnlyList<string>, (string, IReadOnlyList<string>)> wrap,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        Http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) }; // against a test that hangs; builders are slow
        var (program, prefix) = OwnProgram.Find();
        // As in AppFixture: a busy machine must not change what a test sees.
        string[] calm =
        [
            "--LlamaBlazor:Admission:MaxMemoryPercent=100",
            "--LlamaBlazor:Admission:MinFreeMemoryGb=0",
            "--LlamaBlazor:Admission:MaxCpuPercent=100",
            "--LlamaBlazor:Admission:MaxLoadPerCore=1000",
        ];
        string[] line = [.. prefix, "--data", data, "--urls", "http://127.0.0.1:0", .. calm, .. arguments];
        var (runner, words) = wrap(program, line);
        var start = new ProcessStartInfo(runner, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program as <see cref="OtherUser"/>.</summary>
    public static ProgramProcess AsOtherUser(string data, params string[] arguments) =>
        new(data, new SocketsHttpHandler(), OtherUser.Wrap, arguments);

    /// <summary>The program with more in its environment.</summary>
    public static ProgramProcess With(string data, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(data, new SocketsHttpHandler(), (program, line) => (program, line), arguments, environment);

    /// <summary>The program below a shell that has run a command before, such as one that sets a limit.</summary>
    public static ProgramProcess InShell(string data, string before, params string[] arguments) =>
        new(
            data,
            new SocketsHttpHandler(),
            (program, line) => ("/bin/sh", ["-c", $"{before}; exec \"$0\" \"$@\"", program, .. line]),
            arguments
        );

    public int Pid => _process.Id;

    public HttpClient Http { get; }

    /// <summary>Waits until it is ready.</summary>
    public async Task WaitReadyAsync()
    {
        await Until.TrueAsync(() => _address.Task.IsCompleted || _process.HasExited, "an address to listen on");
        Assert.False(_process.HasExited, string.Join('\n', _output));
        Http.BaseAddress = await _address.Task;
        await Until.TrueAsync(async () => (await Http.GetAsync("/readyz")).IsSuccessStatusCode, "readyz");
    }

    /// <summary>Whether it has said something with these words.</summary>
    public bool Said(string words)
    {
        lock (_output)
            return _output.Exists(line => line.Contains(words, StringComparison.Ordinal));
    }

    /// <summary>GET of a path, as JSON.</summary>
    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Ends it as the system would: without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended.</summary>
    public Task WaitExitAsync(TimeSpan limit) => _process.WaitForExitAsync().WaitAsync(limit);

    /// <summary>Waits for a start that is refused: its exit code and all it said.</summary>
    public async Task<(int Code, string Output)> WaitRefusedAsync()
    {
        await WaitExitAsync(TimeSpan.FromSeconds(30)); // the output has been read to its end then
        lock (_output)
            return (_process.ExitCode, string.Join('\n', _output));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Http.Dispose();
    }

    private void Read(string? line)
    {
        const string Listening = "Now listening on: ";
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
    }
}
