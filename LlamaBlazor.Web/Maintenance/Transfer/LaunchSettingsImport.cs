using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Takes the launch settings of a file: last and apart, since they have rules and listeners of their own.</summary>
internal sealed class LaunchSettingsImport(LaunchSettingsAccess launch)
{
    /// <summary>Takes them; what does not fit this machine is left out and named in the report.</summary>
    public async Task RunAsync(SettingsFile file, TransferOptions options, TransferReport report)
    {
        if (file.LaunchSettings is not { } theirs)
            return;
        var ours = await launch.GetAsync().ConfigureAwait(false);
        if (
            theirs.ModelDirectories.SequenceEqual(ours.ModelDirectories)
            && theirs.EnginePath == ours.EnginePath
            && theirs.PortRange == ours.PortRange
        )
            return;
        var wanted = options.Update
            ? theirs
            : ours with
            {
                ModelDirectories = ours.ModelDirectories.Count > 0 ? ours.ModelDirectories : theirs.ModelDirectories,
                EnginePath = ours.EnginePath ?? theirs.EnginePath,
            };
        foreach (var (field, words) in LaunchSettingsRules.Check(wanted, launch.EnginePaths)?.Errors ?? new Dictionary<string, string[]>())
        {
            report.Problems.Add(new TransferProblem($"launch_settings.{field}", string.Join(' ', words)));
            wanted = field switch
            {
                "engine_path" => wanted with { EnginePath = ours.EnginePath },
                "port_range" => wanted with { PortRange = ours.PortRange },
                _ => wanted with { ModelDirectories = ours.ModelDirectories },
            };
        }

        if (
            wanted.ModelDirectories.SequenceEqual(ours.ModelDirectories)
            && wanted.EnginePath == ours.EnginePath
            && wanted.PortRange == ours.PortRange
        )
            return;
        report.Settings.Add("launch_settings");
        if (!options.DryRun)
            await launch.SaveAsync(wanted).ConfigureAwait(false);
    }
}
