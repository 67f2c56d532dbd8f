using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using LlamaBlazor.Web.Shared;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The hidden word <c>simulate-llama-server</c>: a llama-server without llama.cpp, for demo mode and tests (product.md
/// 15).</summary>
internal static class SimulatorProgram
{
    /// <summary>Runs it. Opens no data folder and takes no lock.</summary>
    /// <param name="args">The command line after the word.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = SimulatedArguments.Parse(args, SimulatedAge.Read(args, Environment.GetEnvironmentVariable("SIMULATE")));
        if (arguments.Error is { } error)
        {
            await Console.Error.WriteLineAsync(error);
            return 1;
        }

        if (SimulatedHelp.TryRun(arguments, Console.Out, Console.Error))
            return 0;
        var faults = SimulatedFaults.Read(arguments.Faults, Environment.GetEnvironmentVariable("SIMULATE"));
        var log = new SimulatedLog(arguments, ProgramClock.Instance);
        if (faults.ExitAtStart >= 0)
        {
            log.Error("srv  llama_server", "simulated failure at start");
            return faults.ExitAtStart;
        }

        var verbosity = arguments.Number("--verbosity", SimulatedLog.InformationLevel);
        log.Info("cmn  common_param", $"common_params_print_info: verbosity = {verbosity} (adjust with the `-lv N` CLI arg)");
        var model = SimulatedModel.Open(arguments);
        return model.IsSuccess
            ? await ServeAsync(model.Value, arguments, faults, log)
            : FailToLoad(arguments.Text("--model"), model.Failure!.Message, log);
    }

    private static int FailToLoad(string? path, string reason, SimulatedLog log)
    {
        var parts = reason.Split(": ", 2);
        log.Info("srv    load_model", $"loading model '{path}'");
        log.Error(parts[0], parts[^1]);
        log.Error("llama_model_load", $"error loading model: llama_model_loader: failed to load model from {path}");
        log.Error("llama_model_load_from_file_impl", "failed to load model");
        log.Error("cmn  common_init_", $"failed to load model '{path}'");
        log.Error("srv    load_model", $"failed to load model, '{path}'");
        log.Info("srv    operator()", "operator(): cleaning up before exit...");
        log.Error("srv  llama_server", "exiting due to model loading error");
        return 1;
    }

    private static async Task<int> ServeAsync(SimulatedModel model, SimulatedArguments arguments, SimulatedFaults faults, SimulatedLog log)
    {
        var server = new SimulatedServer(model, arguments, faults, log, ProgramClock.Instance);
        var (host, port) = (arguments.Text("--host") ?? "127.0.0.1", arguments.Number("--port", 8080));
        var certificate = Certificate(arguments);
        await using var app = Build(host, port, server, certificate);
        using var ended = new SimulatorEnd(faults, log);
        try
        {
            await app.StartAsync();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            log.Error("srv         start", $"couldn't bind HTTP server socket, hostname: {host}, port: {port}");
            log.Info("srv    operator()", "operator(): cleaning up before exit...");
            log.Error("srv  llama_server", "exiting due to HTTP server error");
            return 1;
        }

        var end = ended.WaitAsync();
        if (await Task.WhenAny(LoadAsync(model, server, faults, log), end) != end)
        {
            ended.BecomeReady();
            log.Info("srv  llama_server", $"listening on {(certificate is null ? "http" : "https")}://{host}:{port}");
        }

        var code = await end;
        if (code == 0)
            log.Info("srv    operator()", "operator(): cleaning up before exit...");
        await app.StopAsync(new CancellationToken(canceled: true)); // open streams are cut, as the real one does
        return code;
    }

    private static WebApplication Build(string host, int port, SimulatedServer server, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(options =>
                options.Listen(
                    IPAddress.TryParse(host, out var address) ? address : IPAddress.Loopback,
                    port,
                    listen =>
                    {
                        if (certificate is not null)
                            listen.UseHttps(certificate);
                    }
                )
            );
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Run(server.AnswerAsync);
        return app;
    }

    // As the real one: TLS needs both files.
    private static X509Certificate2? Certificate(SimulatedArguments arguments) =>
        arguments.Text("--ssl-cert-file") is { } certificate && arguments.Text("--ssl-key-file") is { } key
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : null;

    private static async Task LoadAsync(SimulatedModel model, SimulatedServer server, SimulatedFaults faults, SimulatedLog log)
    {
        log.Info("srv    load_model", $"loading model '{model.Path}'");
        if (faults.Grandchild)
            Process.Start(new ProcessStartInfo("sleep", ["300"]))?.Dispose();
        if (faults.LongLine > 0)
            log.Raw([.. Enumerable.Repeat((byte)'x', faults.LongLine), .. faults.NoNewline ? [] : "\n"u8]);
        for (var line = 0; line < faults.LogFlood; line++)
            log.Info("srv         flood", $"line {line} of a flood that nobody may lose time over");
        await Task.Delay(faults.NeverReady ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(faults.LoadMs), ProgramClock.Instance);
        var unified = model.IsUnified ? "true" : "false";
        log.Info("srv    load_model", $"initializing, n_slots = {model.Slots}, n_ctx_slot = {model.ContextSize}, kv_unified = '{unified}'");
        log.Info("srv  llama_server", "model loaded");
        server.BecomeReady();
    }

    // Signals are ours alone: the default lifetime would end the process on SIGTERM also where it is told to ignore it.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Waits for the end of the simulated engine: a signal, or the time it was told to end by itself.</summary>
internal sealed class SimulatorEnd : IDisposable
{
    private const int SignalExit = 128; // what a parent sees of a death by a signal, with the signal's number
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly TaskCompletionSource<int> _code = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _signals;
    private readonly SimulatedFaults _faults;
    private volatile bool _isReady;

    /// <summary>Takes the signals.</summary>
    public SimulatorEnd(SimulatedFaults faults, SimulatedLog log)
    {
        _faults = faults;
        _signals =
        [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal =>
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        if (faults.IgnoreTerm)
                            log.Info("srv        signal", "ignoring the signal (simulated)");
                        else
                            _code.TrySetResult(_isReady ? 0 : SignalExit + (signal == PosixSignal.SIGTERM ? Terminate : Interrupt));
                    }
                )
            ),
        ];
    }

    /// <summary>From now on a signal is an orderly end. Before, it kills: the real one takes signals when its model is loaded.</summary>
    public void BecomeReady() => _isReady = true;

    /// <summary>The exit code.</summary>
    public async Task<int> WaitAsync()
    {
        if (_faults.ExitAfterMs < 0)
            return await _code.Task;
        var timer = Task.Delay(TimeSpan.FromMilliseconds(_faults.ExitAfterMs), ProgramClock.Instance);
        return await Task.WhenAny(_code.Task, timer) == timer ? _faults.ExitCode : await _code.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }
}
