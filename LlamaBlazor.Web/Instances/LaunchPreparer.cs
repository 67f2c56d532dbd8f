using System.Security.Cryptography;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Instances;

/// <summary>A launch that only has to be begun.</summary>
/// <param name="Port">Promised to it.</param>
/// <param name="Command">The command.</param>
/// <param name="Gpus">The GPUs it was made for; null where its setting decides.</param>
internal sealed record PreparedLaunch(int Port, LaunchCommand Command, IReadOnlyList<string>? Gpus);

/// <summary>Takes a port, and makes the command and the key of a launch.</summary>
internal sealed class LaunchPreparer(LaunchCommandFactory commands, LaunchSettingsAccess settings, PortPool ports, Reservations places)
{
    private const int KeyLength = 48; // hexadecimal digits: 192 bits

    /// <summary>Takes a port and makes the command for it. Given back by <see cref="Release"/>.</summary>
    public async Task<Result<PreparedLaunch>> PrepareAsync(long modelId, CancellationToken cancellation)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        if (SettingRules.ParsePorts(range) is not var (first, last))
            return Failure.Unavailable(
                $"The port range '{range}' is not valid. Set two ports from 1024 to 65535 on the Settings page, such as 40000-40999."
            );
        if (ports.Take(first, last) is not { } port)
            return NoPort(
                $"No port of {range} is free: all are in use by other programs or instances. Stop one, or set a wider range on the "
                    + "Settings page."
            );
        var isUsed = false;
        try
        {
            var gpus = places.GpusOf(modelId);
            var command = await commands.CreateAsync(modelId, port, cancellation, gpus).ConfigureAwait(false);
            if (command.Failure is { } failure)
                return failure;
            isUsed = true;
            var key = command.Value.TakesStartKey ? RandomNumberGenerator.GetHexString(KeyLength, lowercase: true) : null;
            return new PreparedLaunch(port, command.Value with { StartKey = key }, gpus);
        }
        finally
        {
            if (!isUsed)
                ports.Release(port); // also when a stop gives the launch up just here
        }
    }

    /// <summary>True while a launch that was prepared earlier fits the GPUs that its model has now.</summary>
    public bool IsStill(PreparedLaunch launch, long modelId) => (launch.Gpus ?? []).SequenceEqual(places.GpusOf(modelId) ?? []);

    /// <summary>Gives the port back.</summary>
    public void Release(int port) => ports.Release(port);

    // As every other reason against a start it stands under its code.
    private static Failure NoPort(string words) =>
        new(FailureKind.Conflict, words, new Dictionary<string, string[]> { ["port"] = [words] });
}
