using System.Net;
using System.Net.Sockets;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>The program itself refused at its start: exit code 1, and words instead of a stack.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task TwoPrograms_OnOneFolder_TheSecondSaysWhoHasIt_AndTheFirstGoesOn()
    {
        using var folder = new TempFolder();
        using var first = new ProgramProcess(folder.Path);
        await first.WaitReadyAsync();
        var beacon = await File.ReadAllTextAsync(folder.File("server.json"));
        using (var second = new ProgramProcess(folder.Path))
        {
            var (code, output) = await second.WaitRefusedAsync();
            Assert.Equal(1, code);
            Assert.Equal(
                $"The data folder {folder.Path} is in use by another dashboard (process {first.Pid}). Stop that one, or choose "
                    + "another folder with --data DIR.",
                output.Trim()
            );
        }

        Assert.Equal(beacon, await File.ReadAllTextAsync(folder.File("server.json"))); // commands still find the first
        Assert.True((await first.Http.PostAsync("/api/database/check", null)).IsSuccessStatusCode);
        await first.KillAsync();
        using var third = new ProgramProcess(folder.Path);
        await third.WaitReadyAsync(); // the lock went with the process, whatever it left behind
    }

    [Fact]
    public async Task Start_WhenTheAddressIsTaken_OrIsNone_IsRefused_WithWords()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        foreach (
            var (address, words) in new[]
            {
                (taken, $"{taken} is taken"),
                ("http//127.0.0.1", "'http//127.0.0.1' is no address to listen on"),
                ("http://127.0.0.1:99999", "'http://127.0.0.1:99999' is no address to listen on"),
            }
        )
        {
            using var program = new ProgramProcess(folder.Path, "--urls", address);
            var (code, output) = await program.WaitRefusedAsync();
            Assert.Equal(1, code);
            Assert.StartsWith(words, output);
            Assert.DoesNotContain("   at ", output);
        }
    }

    [Fact]
    public async Task LowLimitOfOpenFiles_IsRefused_WithWords()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TempFolder();
        using var program = ProgramProcess.InShell(folder.Path, "ulimit -n 256");
        var (code, output) = await program.WaitRefusedAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("This process may open 256 files, and the dashboard needs 400", output);
        Assert.DoesNotContain("   at ", output);
        using var enough = ProgramProcess.InShell(folder.Path, "ulimit -n 600");
        await enough.WaitReadyAsync();
        Assert.True(enough.Said("This process may open 600 files"));
    }

    [Fact]
    public async Task ToldToEnd_WhileItStarts_EndsWithoutAnError()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TempFolder();
        foreach (var tenths in Enumerable.Range(3, 12))
        {
            using var program = new ProgramProcess(folder.Path);
            await Task.Delay(tenths * 100); // it is the moment that matters, not a condition
            Signals.Send(program.Pid, Signals.Terminate);
            var (code, output) = await program.WaitRefusedAsync();
            // 143: before the program could listen to signals
            Assert.True(code is 0 or 143, $"exit code {code} after {tenths * 100} ms: {output}");
            Assert.DoesNotContain("Unhandled exception", output);
        }
    }

    [SmallDiskFact]
    public async Task ReadOnlyFolder_IsRefused_WithWords()
    {
        using var disk = new SmallDisk(8);
        disk.SetReadOnly(true);
        using var program = new ProgramProcess(disk.Path);
        var (code, output) = await program.WaitRefusedAsync();
        Assert.Equal(1, code);
        Assert.StartsWith($"The data folder {disk.Path} cannot be", output);
        Assert.Contains("--data DIR", output);
        Assert.DoesNotContain("   at ", output);
    }
}
