using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>
/// Takes settings and models of a JSON file, by name, in one transaction. Every value goes through the checks of the forms; one that does
/// not pass is left
/// out and named in the report. A dry run does everything and takes it back.
/// </summary>
internal sealed class SettingsImport(
    DatabaseWriter writer,
    SectionWriter sections,
    ParameterCatalogue catalogue,
    LaunchSettingsAccess launch,
    ParameterStore parameters,
    ModelStore models,
    AuditTrail audit,
    Broadcast<PreferencesChanged> preferences,
    TimeProvider clock
)
{
    /// <summary>Longest file, in characters.</summary>
    public const int TextLimit = 64 * 1024 * 1024;

    // Values of it are shown inside other JSON, which has the same limit of depth as a whole.
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options) { MaxDepth = 48, AllowDuplicateProperties = false };

    /// <summary>Imports a file.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up; nothing is changed.</param>
    public async Task<Result<TransferReport>> RunAsync(
        string text,
        TransferOptions options,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var read = Read(text);
        if (read.Failure is { } unreadable)
            return unreadable;
        var file = read.Value;
        var report = new TransferReport(options.DryRun);
        var opened = Open(file, options, report);
        if (opened.Failure is { } locked)
            return locked;
        var run = new SettingsImportRun(
            file,
            opened.Value,
            options,
            report,
            sections,
            catalogue,
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        try
        {
            await writer
                .ExecuteAsync(
                    async (context, _) =>
                    {
                        await run.ApplyAsync(context, progress, cancellation).ConfigureAwait(false);
                        if (options.DryRun)
                            throw new TakenBackException();
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false); // it looks at the token itself, and has ended when this returns
        }
        catch (TakenBackException)
        {
            await LaunchAsync(file, options, report).ConfigureAwait(false);
            return report;
        }

        await LaunchAsync(file, options, report).ConfigureAwait(false);
        foreach (var changed in run.Changed)
            parameters.Changes.Publish(changed);
        models.Changes.Publish(new ModelChanged(0, ModelChanged.Library));
        preferences.Publish(new PreferencesChanged());
        audit.Note(
            "settings_imported",
            "database",
            null,
            new
            {
                added = report.Added.Count,
                updated = report.Updated.Count,
                kept = report.Kept.Count,
            }
        );
        return report;
    }

    private static Result<SettingsFile> Read(string text)
    {
        try
        {
            if (text.Length > TextLimit)
                return Failure.Invalid("file", "The file is too long to be settings.");
            if (JsonSerializer.Deserialize<SettingsFile>(text, Strict) is not { Format: SettingsFile.KnownFormat } file)
                return Failure.Invalid(
                    "file",
                    $"This is not a file of settings: its format is not '{SettingsFile.KnownFormat}'. Nothing was changed."
                );
            return file.Version is < 1 or > SettingsFile.KnownVersion
                ? Failure.Invalid(
                    "file",
                    $"The file was written by a newer version (format {file.Version}, known is {SettingsFile.KnownVersion}). Update "
                        + "the program first. Nothing was changed."
                )
                : file;
        }
        catch (JsonException error)
        {
            return Failure.Invalid(
                "file",
                $"Not readable as settings: see line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}. Nothing was changed."
            );
        }
    }

    private static Result<SettingsSecrets> Open(SettingsFile file, TransferOptions options, TransferReport report)
    {
        if (file.Sealed is null)
            return SettingsSecrets.None;
        if (options.Passphrase is null)
        {
            report.Secrets = "sealed; give the pass phrase to take them";
            return SettingsSecrets.None;
        }

        var opened = file.Sealed.Open(options.Passphrase);
        if (opened.Failure is { } failure)
            return failure;
        try
        {
            var secrets = JsonSerializer.Deserialize<SettingsSecrets>(opened.Value, ApiJson.Options) ?? SettingsSecrets.None;
            report.Secrets = $"{secrets.Count} opened";
            return secrets;
        }
        catch (JsonException)
        {
            return Failure.Invalid("sealed", "The sealed secrets are damaged.");
        }
    }

    // Last and apart, since it has rules and listeners of its own. What does not fit this machine is left out.
    private async Task LaunchAsync(SettingsFile file, TransferOptions options, TransferReport report)
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

    // How a dry run takes its transaction back: the writer commits whatever returns.
    private sealed class TakenBackException : Exception;
}

/// <summary>How to import.</summary>
/// <param name="Passphrase">Opens the secrets; null leaves them.</param>
/// <param name="Update">True to set also what is set here already; false to add only what is not.</param>
/// <param name="DryRun">True to change nothing.</param>
internal sealed record TransferOptions(string? Passphrase, bool Update, bool DryRun);

/// <summary>Something that was left out.</summary>
/// <param name="Where">The value.</param>
/// <param name="Reason">Why.</param>
internal sealed record TransferProblem(string Where, string Reason);

/// <summary>What an import did, or would do.</summary>
/// <param name="DryRun">True when nothing was changed.</param>
internal sealed record TransferReport(bool DryRun)
{
    /// <summary>Models that came.</summary>
    public List<string> Added { get; } = [];

    /// <summary>Models that were here and were changed.</summary>
    public List<string> Updated { get; } = [];

    /// <summary>Models that were here and stay as they are.</summary>
    public List<string> Kept { get; } = [];

    /// <summary>Settings, preferences and templates that were set.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>Aliases that came or were changed.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>What became of the secrets.</summary>
    public string Secrets { get; set; } = "none in the file";

    /// <summary>What was left out, and why.</summary>
    public List<TransferProblem> Problems { get; } = [];
}
