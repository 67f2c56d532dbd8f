using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Simulator.Contract;

/// <summary>Runs an engine, real or simulated, through the contract and tells the form of what it did.</summary>
/// <param name="program">The program.</param>
/// <param name="prefix">Arguments before llama-server's.</param>
/// <param name="model">The model.</param>
/// <param name="folder">A folder for its files.</param>
internal sealed class ContractEngine(string program, IReadOnlyList<string> prefix, string model, TempFolder folder)
{
    private const int Attempts = 8; // the real one is ready within a second: whoever asks while it loads may come too late

    /// <summary>The forms of a profile: each exchange by name, the lines of the log, and the exit code when it is told to end.</summary>
    public async Task<JsonObject> AskAsync(ContractProfile profile)
    {
        for (var attempt = 1; ; attempt++)
        {
            var form = await AskOnceAsync(profile);
            if (!profile.IsLoading || attempt == Attempts || (int)form["still loading"]!["status"]! == 503)
                return form;
        }
    }

    /// <summary>The flags that the help lists, each with the number of its values.</summary>
    public async Task<JsonArray> HelpAsync()
    {
        using var process = Start(["--help"]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        await error;
        var flags = EngineHelp.ReadFlags(await output).Select(flag => $"{flag.Name} {flag.Values}");
        return [.. flags.Distinct().Order(StringComparer.Ordinal).Select(flag => (JsonNode)flag)];
    }

    /// <summary>The form of a run that ends by itself.</summary>
    public async Task<JsonObject> RunAsync(ContractRun run)
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = FreePort();
        var (broken, empty) = (folder.File("broken.gguf"), folder.File("empty.gguf"));
        await File.WriteAllTextAsync(broken, "no model at all");
        await File.WriteAllTextAsync(empty, "");
        var takenPort = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var names = new ContractNames([
            (broken, "{BROKEN}"),
            (empty, "{EMPTY}"),
            (folder.Path, "{FOLDER}"),
            (model, "{MODEL}"),
            (Text(port), "{PORT}"),
            (Text(takenPort), "{TAKEN}"),
        ]);
        using var process = Start([.. run.Arguments.Select(names.Insert)]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        return new JsonObject
        {
            ["code"] = process.ExitCode,
            ["output"] = ContractForm.Lines(await output, names),
            ["error"] = ContractForm.Lines(await error, names),
        };
    }

    private async Task<JsonObject> AskOnceAsync(ContractProfile profile)
    {
        var port = FreePort();
        var names = new ContractNames([(model, "{MODEL}"), (folder.Path, "{FOLDER}"), ($":{port}", ":{PORT}")]);
        using var process = Start(["-m", model, "--port", Text(port), .. profile.Arguments.Select(names.Insert)]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var form = new JsonObject();
        try
        {
            await WaitAsync(process, port, isReady: !profile.IsLoading);
            foreach (var exchange in profile.Exchanges)
            {
                var answer = await RawHttp.SendAsync(port, exchange.Method, exchange.Path, exchange.Headers, exchange.Content);
                form[exchange.Name] = ContractForm.Of(answer, names);
            }

            Terminate(process);
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        form["end"] = new JsonObject
        {
            ["code"] = process.ExitCode,
            ["output"] = ContractForm.Lines(await output, names),
            ["error"] = ContractForm.Log(await error, names),
        };
        return form;
    }

    // Ready is when any route is answered with something else than 503: which ones there are depends on the profile.
    private static async Task WaitAsync(Process process, int port, bool isReady) =>
        await Until.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, "the engine has ended");
                try
                {
                    return await RawHttp.SendAsync(port, "GET", "/nothing") is { Status: not 503 } || !isReady;
                }
                catch (Exception error) when (error is SocketException or IOException)
                {
                    return false;
                }
            },
            "the engine listens"
        );

    private Process Start(IReadOnlyList<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(program, [.. prefix, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;

    private static void Terminate(Process process)
    {
        using var kill = Process.Start("kill", ["-TERM", Text(process.Id)]);
        kill.WaitForExit();
    }

    private static int FreePort()
    {
        using var listener = QuietPort.Listen();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
