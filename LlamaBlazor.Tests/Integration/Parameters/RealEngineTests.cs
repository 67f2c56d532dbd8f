using System.Diagnostics;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>The engine's own parser reads what we build: <c>--version</c> as the last argument makes it check everything before it, then
/// stop.</summary>
public sealed class RealEngineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RealEngineFact]
    public async Task Vector_WithEachParameterSet_IsAccepted()
    {
        var catalogue = ParameterCatalogue.Current;
        var refused = new List<string>();
        // rpc: only in builds with it
        foreach (var definition in catalogue.Columns.Where(definition => definition.Column is not ("rpc" or "custom_params")))
        {
            var value = EngineSamples.Value(definition, _folder);
            var set = new ParameterSet(
                [KeyValuePair.Create("model_path", (object)"/models/none.gguf"), KeyValuePair.Create(definition.Column, value)],
                [definition.Column]
            );
            var command = new CommandLineBuilder(catalogue).Build(
                RealEngineFactAttribute.Engine!,
                [],
                new EffectiveParameters(set, set),
                new LaunchPlan(40000)
            );
            if (await CheckAsync(command) is { } reason)
                refused.Add($"{definition.Column} = {value}: {reason}");
        }

        Assert.Empty(refused);
    }

    [RealEngineFact]
    public async Task Vector_WithAWrongValue_IsRefused()
    {
        var command = new LaunchCommand(
            RealEngineFactAttribute.Engine!,
            ["--model", "/m.gguf", "--numa", "sideways"],
            new Dictionary<string, string>()
        );
        Assert.Contains("--numa", await CheckAsync(command));
    }

    private static async Task<string?> CheckAsync(LaunchCommand command)
    {
        var start = new ProcessStartInfo(command.Executable) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in command.Arguments.Append("--version"))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : errors.Split('\n').FirstOrDefault(line => line.Contains("error"), errors);
    }
}
