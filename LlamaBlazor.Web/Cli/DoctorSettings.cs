using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Cli;

/// <summary>The checks of what was set: engine, folders of models, ports; by the configuration, and by what was saved in the
/// dashboard.</summary>
internal static class DoctorSettings
{
    private const string DefaultUrl = "http://localhost:5000";
    private const string Section = "LlamaBlazor:";

    /// <summary>Looks at all of them.</summary>
    public static async IAsyncEnumerable<Finding> CheckAsync(
        string[] hostArguments,
        string folder,
        bool isRunning,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var configuration = DashboardHost.CreateBuilder(hostArguments).Configuration;
        SavedSettings.ReadEarly(DataFolder.Peek(folder).Database, configuration);
        var engine = Read(configuration, "EnginePath").Text;
        yield return await DoctorEngine
            .CheckAsync(engine, new EnginePathRules(configuration), folder, ProgramClock.Instance, cancellation)
            .ConfigureAwait(false);
        foreach (var models in Read(configuration, "ModelDirectories").Items)
            yield return CheckModels(models);
        if (!isRunning)
            yield return CheckPort(configuration["Urls"] ?? DefaultUrl);
        yield return CheckRange(Read(configuration, "PortRange").Text ?? configuration[Section + "PortRange"]!);
    }

    private static SettingValue Read(IConfiguration configuration, string key) =>
        SettingSources.Read(configuration, SettingTable.Get(Section + key)).Match(value => value, _ => SettingValue.None);

    private static Finding CheckModels(string folder)
    {
        try
        {
            return Directory.Exists(folder)
                ? new Finding("Models", true, $"{folder}, {Directory.EnumerateFileSystemEntries(folder).Take(1000).Count()} entries")
                : new Finding(
                    "Models",
                    false,
                    $"there is no folder {folder}",
                    "Make it or mount its disk, or change the folders on the Settings page or with --models DIR."
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(
                "Models",
                false,
                $"{folder} cannot be read: {error.Message}",
                $"Give this user access (chmod u+rx \"{folder}\"), or change the folders on the Settings page or with --models DIR."
            );
        }
    }

    private static Finding CheckPort(string urls)
    {
        var taken = urls.Split(';')
            .Select(BindingAddress.Parse)
            .Where(address => address.Port > 0 && !IsFree(address.Port))
            .Select(address => address.Port)
            .ToList();
        return taken.Count == 0
            ? new Finding("Port", true, $"{urls} is free")
            : new Finding(
                "Port",
                false,
                $"port {string.Join(", ", taken)} is in use by another program",
                "Stop that program, or listen elsewhere: --urls http://127.0.0.1:8090"
            );
    }

    private static Finding CheckRange(string range)
    {
        if (SettingRules.ParsePorts(range) is not var (first, last))
            return new Finding(
                "Ports",
                false,
                $"'{range}' is no range of ports",
                "Set two ports from 1024 to 65535 on the Settings page, such as 40000-40999."
            );
        var free = Enumerable.Range(first, Math.Min(20, last - first + 1)).Count(IsFree);
        return free > 0
            ? new Finding("Ports", true, $"{range} for the engines")
            : new Finding(
                "Ports",
                false,
                $"the first ports of {range} are all in use",
                "Set another range for the engines on the Settings page, such as 41000-41999."
            );
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
